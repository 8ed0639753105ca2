"""Write plugins for stationd in Python, with the standard library only.

A plugin declares what it may do on a `Plugin`, gives a function for each method, and runs:

    from stationd_plugin import Plugin, text

    plugin = Plugin("hello", title=text("Hello", "你好"))

    @plugin.read("greet", text("Greet somebody", "问候"), params={"name": {"type": "string"}},
                 result={"type": "object"}, example=({"name": "Li"}, {"greeting": "Hello, Li"}))
    def greet(call):
        return {"greeting": f"Hello, {call.params['name']}"}

    if __name__ == "__main__":
        plugin.run()
"""

from .call import Call, Context, Page, Principal, Record
from .channel import Channel, Closed
from .errors import Cancelled, Refused, Stale
from .plugin import Deadline, Event, Plugin, text

__all__ = [
    "Call", "Cancelled", "Channel", "Closed", "Context", "Deadline", "Event", "Page", "Plugin", "Principal",
    "Record", "Refused", "Stale", "text",
]
