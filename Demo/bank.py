"""The bank connector of the demonstration: takes requests from the spool's `out`, puts answers into its `in`."""

import os
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from story import Mismatch

ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09">
  <RsltnOfInvstgtn>
    <Assgnmt>
      <Id>{number}</Id>
      <Assgnr><Agt><FinInstnId><BICFI>{bank}</BICFI></FinInstnId></Agt></Assgnr>
      <Assgne><Pty><Nm>清平县公安局反诈专班</Nm></Pty></Assgne>
      <CreDtTm>{at}</CreDtTm>
    </Assgnmt>
    <RslvdCase><Id>{message}</Id><Cretr><Pty><Nm>清平县公安局反诈专班</Nm></Pty></Cretr></RslvdCase>
    <Sts><Conf>{status}</Conf></Sts>
    {rest}
  </RsltnOfInvstgtn>
</Document>
"""
HELD = '<RsltnRltdInf><IntrBkSttlmAmt Ccy="CNY">{yuan}</IntrBkSttlmAmt></RsltnRltdInf>'
REFUSED = ("<CxlDtls><TxInfAndSts><RslvdCase><Id>{message}</Id><Cretr><Pty><Nm>清平县公安局反诈专班</Nm></Pty></Cretr>"
           "</RslvdCase><TxCxlSts>RJCR</TxCxlSts><CxlStsRsnInf><Rsn><Cd>{code}</Cd></Rsn></CxlStsRsnInf>"
           "</TxInfAndSts></CxlDtls>")


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02}"


class Request:
    """A camt.056, read as the bank reads it."""

    def __init__(self, text):
        root = ET.fromstring(text)
        self.message = self._one(root, "Assgnmt/{*}Id")
        self.bank = self._one(root, "Assgnmt/{*}Assgne//{*}BICFI")
        self.holder = self._one(root, "Cdtr/{*}Pty/{*}Nm")
        said = [element.text for element in root.findall(".//{*}CxlRsnInf/{*}AddtlInf")]
        said = "".join(said).replace("/HOLD/CNY", " ").replace("/STOP/", "").split()
        self.stop, self.amount = said[0], round(float(said[1]) * 100)

    @staticmethod
    def _one(root, path):
        element = root.find(f".//{{*}}{path}")
        if element is None:
            raise Mismatch(f"the message to the bank has no {path}")
        return element.text


class Bank:
    def __init__(self, spool):
        self.spool = Path(spool)
        self.answers = 0

    def take(self, count):
        """Waits for so many requests, and takes them out of the folder: by the id of their stop."""
        end = time.monotonic() + 15
        while len(names := sorted((self.spool / "out").glob("camt.056*.xml"))) < count:
            if time.monotonic() > end:
                raise Mismatch(f"{len(names)} messages in {self.spool / 'out'}, expected {count}")
            time.sleep(0.02)
        requests = [Request(name.read_text(encoding="utf-8")) for name in names]
        for name in names:
            name.unlink()
        return {request.stop: request for request in requests}

    def hold(self, request, at):
        """Everything that was asked for is held from now on."""
        self._put(request, at, "CNCL", HELD.format(yuan=yuan(request.amount)))

    def refuse(self, request, at, code):
        self._put(request, at, "RJCR", REFUSED.format(message=request.message, code=code))

    def _put(self, request, at, status, rest):
        """Whole and on the disk, then renamed: no half file is ever seen."""
        self.answers += 1
        name = f"answer-{self.answers:04}.xml"
        draft = self.spool / "in" / f".{name}"
        text = ANSWER.format(number=f"BANK-{self.answers:04}", bank=request.bank, at=at, message=request.message,
                             status=status, rest=rest)
        with open(draft, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.spool / "in" / name)
