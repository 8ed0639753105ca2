"""What the people of the bureau will do: a plan of steps, the same for the same seed."""

import random
from dataclasses import dataclass, field

from recount import HOUR, MINUTE, instant, limit_end, local

DAWN = instant("2026-11-23T07:30:00+08:00")
NEXT_DAWN = DAWN + 24 * HOUR
# Feedback is owed within three working days: by then most of it is there or has lapsed.
END = instant("2026-11-27T08:00:00+08:00")

STATIONS = [f"st-{number:02}" for number in range(1, 13)]
DEPARTMENTS = ["command-centre", "anti-fraud", "public-security-brigade", "criminal-brigade", "traffic-brigade",
               "cyber-brigade", "legal-department", "political-office", "logistics", "inspectorate",
               "coordination-desk"]

# Scenario: how often, how urgent (immediate, urgent, routine), whether round the clock, what is written.
SCENARIOS = {
    1: (14, (4, 40, 56), True, ["辖区小区停电，居民聚集咨询，请求后台核查信息", "夜间噪音警情重复报警，请求调取历史记录"]),
    2: (12, (18, 52, 30), True, ["集贸市场门口约三十人堵门，请求增援", "餐馆内多人争吵并推搡，现场警力不足"]),
    3: (7, (62, 38, 0), True, ["工地脚手架倒塌，多人受伤，请求专业力量", "出租屋内有人持刀不出，请求支援"]),
    4: (12, (38, 52, 10), True, ["老人走失，最后出现在客运站附近", "儿童放学未归，家属焦急求助"]),
    5: (16, (14, 66, 20), True, ["群众刚向陌生账户转账，请求止付", "冒充客服诈骗，请求研判资金去向"]),
    6: (8, (0, 20, 80), False, ["供暖不热投诉，转12345并跟踪", "占道堆物纠纷，转网格中心"]),
    7: (6, (0, 15, 85), False, ["旅馆业核查任务集中下达，请求统筹", "出租房屋信息批量核对"]),
    8: (12, (4, 46, 50), True, ["邻里宅基地纠纷再次激化，请求联合调解", "劳资纠纷，十余人到工地讨薪"]),
    9: (5, (6, 70, 24), True, ["社区矫正对象未按时报到，电话不通", "取保候审人员未按约定到所"]),
    10: (5, (0, 30, 70), False, ["电动车盗窃预警，请求发布提示", "校园周边安全预警核实"]),
    11: (5, (0, 25, 75), False, ["夜市周边乱停车，请求联合整治", "学校门口高峰拥堵整治"]),
    12: (7, (6, 60, 34), True, ["请求调取卡口轨迹比对涉案车辆", "涉案手机电子数据勘查"]),
    13: (6, (0, 50, 50), True, ["办案区讯问设备故障，请求支援", "嫌疑人需送医检查，请求协调"]),
    14: (6, (0, 50, 50), True, ["伤情鉴定为轻伤二级，拟移交刑侦", "案件涉跨区，管辖待定"]),
    15: (4, (0, 20, 80), False, ["综合指挥室视频终端离线", "值班席位调度系统账号申请"]),
    16: (3, (0, 0, 100), False, ["警务室标识牌更换", "警务室设施达标验收预约"]),
    17: (4, (0, 15, 85), False, ["社区警务平台数据无法同步", "平台走访任务重复生成"]),
    18: (4, (0, 25, 75), False, ["辖区银行安防设施检查支援", "单位监控接入异常"]),
    19: (4, (0, 45, 55), False, ["庙会安保，请求借调警力两周", "集中清查行动请求增派警力"]),
    20: (5, (0, 25, 75), False, ["巡逻车制动异响，请求更换车辆", "执法记录仪损坏两台"]),
    21: (3, (0, 40, 60), False, ["民警出警时被抓伤，请求维权", "不实投诉澄清"]),
    22: (3, (0, 10, 90), False, ["重复报表请求归并", "非警务抽调请求取消"]),
}
BRANCHES = {9: ["criminal-brigade", "legal-department"], 14: ["criminal-brigade", "cyber-brigade"],
            12: ["criminal-brigade", "cyber-brigade", "legal-department", "command-centre"]}
FACTS = {
    2: lambda r: {"officers_available": r.randint(2, 8), "persons_involved": r.randint(2, 30)},
    3: lambda r: {"injured": r.randint(0, 6), "specialists_needed": r.random() < 0.5},
    4: lambda r: {"missing_age": r.choice([6, 11, 15, 34, 71, 78]), "missing_sex": r.choice(["female", "male"])},
    19: lambda r: {"secondment": True, "officers_requested": r.randint(2, 10)},
}
TEAMS = ["patrol-1", "patrol-2", "patrol-3", "desk-a", "desk-b", "duty-team", "expert-group"]


@dataclass
class Step:
    time: int
    request: int
    action: str
    actor: str
    params: dict = field(default_factory=dict)


@dataclass
class Request:
    number: int
    scenario: int
    station: str
    department: str
    urgency: str
    steps: list = field(default_factory=list)


class Planner:
    def __init__(self, seed, catalogue):
        """`catalogue`: scenario number to (owners, limits of each urgency)."""
        self.random = random.Random(seed)
        self.catalogue = catalogue
        self.instants = set()

    def chance(self, share):
        return self.random.random() < share

    def at_work(self, time, since=0):
        """The same instant; outside office hours, before people go home (if `since` allows) or in the morning."""
        when = local(time)
        minute = when.hour * 60 + when.minute
        if when.weekday() < 5 and 510 <= minute < 1080:
            return time
        close = time - (minute - 1080) * MINUTE - time % MINUTE
        if 1080 <= minute and since < close - 5 * MINUTE and self.chance(0.9):
            return self.random.randint(since // MINUTE + 1, close // MINUTE) * MINUTE
        morning = time - minute * MINUTE - time % MINUTE + 510 * MINUTE
        if minute >= 1080:
            morning += 24 * HOUR
        return morning + self.random.randint(0, 60) * MINUTE

    def opening(self, round_the_clock):
        """An instant that no other opening has, so that numbers are given in one order only."""
        while True:
            time = DAWN + self.random.randrange(1, 24 * 3600) * 1000
            hour = local(time).hour
            weight = 1.0 if 8 <= hour < 18 else 0.65 if 18 <= hour < 22 or hour == 7 else 0.15
            if not round_the_clock and not 8 <= hour < 18:
                continue
            if time % MINUTE == 0 or time in self.instants or not self.chance(weight):
                continue
            self.instants.add(time)
            return time

    def requests(self, count):
        numbers = list(SCENARIOS)
        weights = [SCENARIOS[number][0] for number in numbers]
        # Every scenario comes up, whatever the seed.
        chosen = numbers + self.random.choices(numbers, weights, k=max(0, count - len(numbers)))
        return [self.request(position, number) for position, number in enumerate(chosen)]

    def request(self, position, number):
        r = self.random
        _, urgencies, round_the_clock, texts = SCENARIOS[number]
        owners, _ = self.catalogue[number]
        urgency = r.choices(["immediate", "urgent", "routine"], urgencies)[0]
        station = r.choice(STATIONS)
        params = {"scenario": number, "station": station, "urgency": urgency, "summary": r.choice(texts),
                  "contact": {"name": r.choice("王李张刘陈杨赵黄周吴") + r.choice("伟芳娜敏静强磊军洋艳"),
                              "phone": f"1390000{r.randrange(10000):04}"}}
        if number in FACTS:
            params["facts"] = FACTS[number](r)
        department = owners[0]
        if number in BRANCHES and self.chance(0.7):
            params["branch"] = r.choice(BRANCHES[number])
            department = department if number == 14 else params["branch"]
        request = Request(position, number, station, department, urgency)
        time = self.opening(round_the_clock)
        self.officer = f"{station}/{r.randrange(100, 999)}"
        request.steps.append(Step(time, position, "open", self.officer, params))
        self.cycle(request, time, round_the_clock or urgency == "immediate")
        request.steps = [step for step in request.steps if step.time <= END]
        return request

    def add(self, request, time, action, who, **params):
        """Adds a step, on a whole minute after the one before; its instant."""
        before = request.steps[-1].time
        time = max(-(-time // MINUTE) * MINUTE, (before // MINUTE + 1) * MINUTE)
        actor = {"station": self.officer, "chief": "bureau/chief"}.get(who, f"{who}/{self.random.randrange(10, 99)}")
        request.steps.append(Step(time, request.number, action, actor, params))
        return time

    def cycle(self, request, start, round_the_clock, again=True):
        """One cycle: acknowledged, perhaps redirected, worked on, and told how it was."""
        r, department = self.random, request.department
        shift = (lambda time: time) if round_the_clock else (lambda time: self.at_work(time, request.steps[-1].time))
        urgency = request.urgency
        response, support = (limit_end(limit, start) - start for limit in self.catalogue[request.scenario][1][urgency])
        share = r.choices([r.uniform(0.05, 0.7), r.uniform(0.72, 0.98), r.uniform(1.05, 1.45), r.uniform(1.55, 2.4)],
                          [82, 8, 6, 4])[0]
        if self.chance(0.025):
            self.add(request, start + int(response * r.uniform(0.1, 0.6)), "withdraw", "station",
                     reason="事态已平息，撤回请求")
            return
        if urgency == "routine" and self.chance(0.05):
            urgency = "urgent"
            self.add(request, start + int(response * 0.1), "change_urgency", "station", urgency=urgency,
                     reason="现场情况升级")
        if self.chance(0.07):
            now = self.add(request, shift(start + int(response * share * 0.6)), "redirect", department,
                           to=r.choice([unit for unit in DEPARTMENTS if unit != department]), reason="依职责应由该部门承办")
            department = request.steps[-1].params["to"]
        now = self.add(request, shift(start + int(response * share)), "acknowledge", department)
        self.add(request, now, "look", department)
        now = self.add(request, now + r.randint(1, 6) * MINUTE, "assign", department, to=r.choice(TEAMS))
        if request.scenario == 19 or (request.scenario == 4 and self.chance(0.3)):
            now = self.add(request, shift(now + r.randint(10, 90) * MINUTE), "approve", "chief")
        now = self.add(request, shift(now + r.randint(2, 12) * MINUTE), "start", department)
        if self.chance(0.03):
            self.add(request, now + r.randint(3, 20) * MINUTE, "withdraw", "station", reason="当事人已自行和解")
            return
        if self.chance(0.1):
            now = self.add(request, now + r.randint(2, 8) * MINUTE, "request_info", department,
                           reason="请补充具体地点和人数")
            now = self.add(request, shift(now + r.randint(8, 50) * MINUTE), "provide_info", "station",
                           text="已补充，见附记")
        share = r.choices([r.uniform(0.1, 0.75), r.uniform(0.76, 0.97), r.uniform(1.02, 1.45), r.uniform(1.55, 2.2)],
                          [80, 10, 7, 3])[0]
        now = self.add(request, shift(max(start + int(support * share), now + 3 * MINUTE)), "complete", department,
                       result="已处置完毕")
        if self.chance(0.14):
            return
        now = self.add(request, self.at_work(now + r.randint(10, 240) * MINUTE), "feedback", "station",
                       in_time=share < 1 or self.chance(0.2), worked=self.chance(0.93))
        if again and self.chance(0.05):
            now = self.add(request, now + r.randint(20, 200) * MINUTE, "reopen", "station", reason="问题再次出现")
            request.department, request.urgency = department, urgency
            self.cycle(request, now, round_the_clock, again=False)
