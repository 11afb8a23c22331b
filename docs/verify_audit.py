#!/usr/bin/env python3
"""Check an export of the audit log, or the proof of one event, without asking the provider.

    python3 verify_audit.py EXPORT.jsonl        --keys published-keys.json
    python3 verify_audit.py PROOF.json          --keys published-keys.json
    python3 verify_audit.py EXPORT.csv.sig.json --keys published-keys.json   (EXPORT.csv lies beside it)

Needs Python 3.11 or newer and the package `cryptography`, nothing else. It says yes (exit 0), or no and where (exit 1);
2 is wrong usage. Without --keys it believes the keys in the file itself: compare the printed key ids with published
ones then. docs/audit-proofs.md describes the formats and what a yes means.
"""

import argparse
import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from hashlib import file_digest, sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NOTHING = "0" * 64
TOLERANCE = timedelta(days=1)
CLOCK = timedelta(minutes=1)


class Broken(Exception):
    """The first place that is not as it was sealed."""


def require(condition, text):
    if not condition:
        raise Broken(text)


# --- Trees of RFC 6962 ---------------------------------------------------------------------------------------------
def leaf_hash(data):
    return sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return sha256(b"\x01" + left + right).digest()


def root(hashes):
    if not hashes:
        return sha256(b"").digest()
    level = hashes
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = above + level[-1:] if len(level) % 2 else above
    return level[0]


def root_by_path(leaf, index, size, path):
    if not 0 <= index < size:
        return None
    last, rest = size - 1, list(path)
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                return None
            step = rest.pop(0)
            leaf = node_hash(step, leaf) if index % 2 else node_hash(leaf, step)
        index, last = index // 2, last // 2
    return None if rest else leaf


# --- Keys and statements -------------------------------------------------------------------------------------------
def load_keys(listed, trusted=None):
    """Public keys by id: those of a trusted list, and of the other list those for which a known key vouches."""
    keys = {} if trusted is None else load_keys(trusted)
    for entry in listed["keys"]:
        public = base64.b64decode(entry["public_key"])
        require(entry["key_id"] == sha256(public).hexdigest()[:16], f"the key {entry['key_id']} is another one")
        if entry["key_id"] in keys:
            continue
        vouched = entry["vouched_by"]
        if trusted is not None:
            require(vouched and vouched["key_id"] in keys, f"nobody you trust vouches for the key {entry['key_id']}")
        if vouched and vouched["key_id"] in keys:
            try:
                keys[vouched["key_id"]].verify(
                    base64.b64decode(vouched["signature"]), f"sekisho-audit-key-1 {entry['public_key']}".encode()
                )
            except InvalidSignature:
                raise Broken(f"the word for the key {entry['key_id']} is forged") from None
        keys[entry["key_id"]] = Ed25519PublicKey.from_public_bytes(public)
    return keys


def read_signature(signed, keys, text):
    key = keys.get(signed["key_id"])
    require(key is not None, f"it is signed by the unknown key {signed['key_id']}")
    signature = base64.b64decode(signed["signature"], validate=True)
    require(base64.b64encode(signature).decode() == signed["signature"], "its signature is damaged")
    try:
        key.verify(signature, text.encode())
    except InvalidSignature:
        raise Broken("its signature does not fit its text") from None


def read_signed(signed, keys, kind):
    """The statement, once its signature is good."""
    read_signature(signed, keys, signed["statement"])
    statement = json.loads(signed["statement"])
    require(statement["format"] == kind, f"it is no {kind}")
    return statement


def hash_of(signed):
    return sha256(signed["statement"].encode()).hexdigest()


def packed(day, kept, line):
    """A leaf: day of the event, for how many days it is kept, its key, hash of its line."""
    start = line.index(b'"id":"') + 6
    key = bytes.fromhex(line[start : start + 36].decode().replace("-", ""))
    return day.to_bytes(2, "big") + kept.to_bytes(2, "big") + key + sha256(line).digest()


def check_head(head, keys, tenant):
    """The head's statement, after the proof that it names the segment `seq` with `hash` as the tenant's newest."""
    statement = read_signed(head, keys, "sekisho-audit-head-1")
    leaf = leaf_hash(
        bytes.fromhex(tenant.replace("-", "")) + head["seq"].to_bytes(8, "big") + bytes.fromhex(head["hash"])
    )
    path = [bytes.fromhex(step) for step in head["path"]]
    found = root_by_path(leaf, head["position"], statement["size"], path)
    require(found is not None and found.hex() == statement["root"], "the path to its root leads elsewhere")
    return statement


# --- An export -----------------------------------------------------------------------------------------------------
class Export:
    """Reads an export line by line; memory holds the hashes of one segment."""

    def __init__(self, trusted):
        self.trusted = trusted
        self.segment = None  # the open one: signed, statement, leaf hashes so far
        self.hashes = []
        self.shown = False
        self.declarations = []  # of other retention classes: day, days that all events up to then are kept
        self.events = self.hidden = self.expired = self.unsealed = self.segments = 0
        self.head = self.covered = None
        self.digest, self.signed = sha256(), False

    def header(self, line):
        self.digest.update(line)
        header = json.loads(line)
        require(header.get("format") == "sekisho-audit-export-1", "this is no export of the audit log")
        self.tenant = header["tenant"]
        self.begin, self.end = moment(header["from"]), moment(header["to"])
        self.exported = moment(header["exported_at"])
        self.keys = load_keys(header["keys"], self.trusted)
        for signed in header["declarations"]:
            statement = read_signed(signed, self.keys, "sekisho-audit-segment-1")
            require(statement["tenant"] == self.tenant, "this declaration is another tenant's")
            self.declarations.append((days(moment(statement["sealed_at"])), int(statement["keeps"])))

    def due(self, day, expires):
        """The first day on which an event of that day may be gone, by what was declared after it."""
        for declared, kept in self.declarations:
            if day <= declared < expires:
                expires = day + kept
        return expires

    def line(self, line):
        require(not self.signed, "there are lines behind the end")
        if line.startswith(b'{"sha256":'):
            self.check_whole(line)
            return
        self.digest.update(line)
        require(self.head is None, "there are lines behind the head")
        if line.startswith(b'{"leaf":'):
            self.event(line)
        elif line.startswith(b'{"unsealed":'):
            self.close()
            self.unsealed += 1
        else:
            value = json.loads(line)
            if "statement" in value:
                self.open(value)
            elif "hidden" in value:
                self.hide(value["hidden"])
            elif "head" in value:
                self.finish(value)
            else:
                raise Broken("this line is of no known kind")

    def open(self, signed):
        self.close()
        statement = read_signed(signed, self.keys, "sekisho-audit-segment-1")
        require(statement["tenant"] == self.tenant, "this segment is another tenant's")
        if self.segment is None:
            early = moment(statement["sealed_at"]) < self.begin - TOLERANCE
            require(statement["seq"] == 1 or early, "the segments before this one are missing")
            require(statement["seq"] > 1 or statement["previous"] == NOTHING, "this is no first segment")
        else:
            before_signed, before = self.segment
            require(statement["seq"] == before["seq"] + 1, f"segment {before['seq'] + 1} is missing before this one")
            require(statement["previous"] == hash_of(before_signed), "this segment follows another one")
        if not signed["shown"] and statement["count"]:
            outside = moment(statement["first_at"]) >= self.end or moment(statement["last_at"]) < self.begin
            newest = days(moment(statement["last_at"]))
            gone = self.due(newest, statement["expires"]) <= days(self.exported)
            require(outside or gone, "this segment holds events of the period and does not show them")
            self.expired += 0 if outside else statement["count"]
        self.segment, self.hashes, self.shown = (signed, statement), [], signed["shown"]
        self.segments += 1

    def event(self, line):
        require(self.shown, "this event is in no segment")
        head, mark, rest = line.rstrip(b"\n").partition(b',"event":')
        event = rest[:-1]
        require(mark and rest.endswith(b"}") and event.startswith(b'{"form":1,"id":"'), "this line is damaged")
        facts = json.loads(head + b"}")
        content = json.loads(event)
        require(content["tenant"] == self.tenant, f"event {content['id']} is another tenant's")
        leaf = leaf_hash(packed(facts["day"], facts["days"], event))
        require(leaf.hex() == facts["leaf"], f"event {content['id']} of {content['at']} is not as it was sealed")
        self.hashes.append(leaf)
        self.events += 1

    def hide(self, leaves):
        require(self.shown, "these leaves are in no segment")
        for text in leaves:
            leaf = bytes.fromhex(text)
            require(len(leaf) == 52, "this leaf is damaged")
            day, kept = int.from_bytes(leaf[:2], "big"), int.from_bytes(leaf[2:4], "big")
            if self.due(day, day + kept) <= days(self.exported):
                self.expired += 1
            else:
                made = datetime.fromtimestamp(int.from_bytes(leaf[4:10], "big") / 1000, UTC)
                outside = made < self.begin + CLOCK or made >= self.end - CLOCK
                require(outside, f"event {leaf[4:20].hex()} of {made:%Y-%m-%d %H:%M:%S} UTC is left out")
                self.hidden += 1
            self.hashes.append(leaf_hash(leaf))

    def close(self):
        """The open segment is complete: its leaves must make its root."""
        if self.segment is None or not self.shown:
            return
        statement = self.segment[1]
        self.shown = False
        name = f"segment {statement['seq']} (above)"
        require(
            len(self.hashes) == statement["count"],
            f"{name} has {len(self.hashes)} events instead of {statement['count']}",
        )
        require(
            root(self.hashes).hex() == statement["root"],
            f"the events of {name} are not those that were sealed, or not in their order",
        )

    def finish(self, value):
        self.close()
        self.head = value["head"]
        require(value["events"] == self.events + self.unsealed, "events are missing")
        if self.segment is None:
            require(self.head is None, "the head knows segments, and there are none")
            self.head = {}
            return
        signed, last = self.segment
        require(self.head is not None, "no head covers these segments")
        statement = check_head(self.head, self.keys, self.tenant)
        newest = self.head["seq"] == last["seq"]
        require(not newest or self.head["hash"] == hash_of(signed), "the head names another last segment")
        late = last["caught_up"] and moment(last["sealed_at"]) >= self.end + TOLERANCE
        require(newest or late, f"the segments after {last['seq']} are missing: the head knows {self.head['seq']}")
        self.covered = statement["at"]

    def check_whole(self, line):
        value = json.loads(line)
        text = f"sekisho-audit-export-1 {self.digest.hexdigest()}"
        require(value["sha256"] == self.digest.hexdigest(), "the lines above are not those that were exported")
        read_signature(value, self.keys, text)
        require(line == json.dumps(value, separators=(",", ":")).encode() + b"\n", "this line is damaged")
        self.signed = True

    def told(self):
        period = f"{self.begin:%Y-%m-%d %H:%M:%S} to {self.end:%Y-%m-%d %H:%M:%S} UTC"
        lines = [
            f"Tenant {self.tenant}, {period}:",
            f"{self.events} events are as they were sealed, in {self.segments} segments.",
        ]
        if self.covered:
            number = json.loads(self.head["statement"])["number"]
            lines.append(f"None of the period is missing: head {number} of {self.covered} covers it.")
        lines += [f"{self.hidden} others are outside of the period."] if self.hidden else []
        lines += [f"{self.expired} have expired since."] if self.expired else []
        lines += [f"{self.unsealed} are too new to be sealed, and not proved."] if self.unsealed else []
        return lines


def moment(text):
    return datetime.fromisoformat(text)


def days(at):
    return at.toordinal() - datetime(1970, 1, 1).toordinal()  # noqa: DTZ001


def check_export(lines, trusted):
    export, number = Export(trusted), 0
    try:
        for number, line in enumerate(lines, start=1):
            export.header(line) if number == 1 else export.line(line)
        number += 1
        require(export.signed, "the end is missing")
    except Broken as broken:
        raise Broken(f"Line {number}: {broken}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Broken(f"Line {number}: it is damaged ({type(error).__name__}).") from None
    return export.told(), export.keys


# --- The proof of one event ----------------------------------------------------------------------------------------
def check_proof(proof, trusted):
    try:
        return _check_proof(proof, trusted)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Broken(f"The proof is damaged ({type(error).__name__}: {error}).") from None


def _check_proof(proof, trusted):
    require(proof["sealed"], "This event is not sealed yet; download its proof again in a few minutes.")
    keys = load_keys(proof["keys"], trusted)
    line = proof["line"].encode()
    event = json.loads(line)
    segment = read_signed(proof["segment"], keys, "sekisho-audit-segment-1")
    require(segment["tenant"] == event["tenant"], "The segment is another tenant's.")
    path = [bytes.fromhex(step) for step in proof["path"]]
    found = root_by_path(
        leaf_hash(packed(proof["day"], proof["days"], line)), proof["position"], segment["count"], path
    )
    require(found is not None and found.hex() == segment["root"], f"Event {event['id']} is not as it was sealed.")
    last, seq = proof["segment"], segment["seq"]
    for following in proof["following"]:
        statement = read_signed(following, keys, "sekisho-audit-segment-1")
        follows = statement["previous"] == hash_of(last) and statement["seq"] == seq + 1
        require(follows and statement["tenant"] == event["tenant"], f"Segment {statement['seq']} follows another one.")
        last, seq = following, statement["seq"]
    lines = [f"Event {event['id']} of {event['at']} is as it was sealed at {segment['sealed_at']}."]
    if proof["head"] is None:
        return [*lines, "No head covers it yet."], keys
    head = check_head(proof["head"], keys, event["tenant"])
    require(proof["head"]["seq"] == seq and proof["head"]["hash"] == hash_of(last), "The head covers another segment.")
    return [*lines, f"Head {head['number']} of {head['at']} covers it."], keys


# --- The signature beside a CSV file -------------------------------------------------------------------------------
def check_file(signed, place, trusted):
    try:
        keys = load_keys(signed["keys"], trusted)
        statement = read_signed(signed, keys, "sekisho-audit-file-1")
        with open(place.removesuffix(".sig.json"), "rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except Broken as broken:
        raise Broken(f"The signature is not ours: {broken}.") from None
    except FileNotFoundError:
        raise Broken("The file is not beside its signature: NAME.csv and NAME.csv.sig.json.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Broken(f"The signature is damaged ({type(error).__name__}).") from None
    require(found == statement["sha256"], "The file is not the one that was exported.")
    lines = [
        f"Tenant {statement['tenant']}, {statement['from']} to {statement['to']}:",
        f"The file is as it was exported, with {statement['events']} events.",
        "That each of them is as it was recorded, and none is missing, an export with proof (JSON Lines) says.",
    ]
    if statement["conditions"]:
        lines.append(f"It holds what meets these conditions only: {json.dumps(statement['conditions'])}")
    return lines, keys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "file", help="an export (.jsonl), a proof (.json), or the signature of an export (.csv.sig.json)"
    )
    parser.add_argument("--keys", help="the published keys: the output of `manage.py audit keys --json`")
    options = parser.parse_args()
    trusted = None
    if options.keys:
        with open(options.keys, encoding="utf-8") as file:
            trusted = json.load(file)
    try:
        with open(options.file, "rb") as file:
            first = file.readline()
            if b'"sekisho-audit-export-1"' in first[:40]:
                file.seek(0)
                lines, keys = check_export(file, trusted)
            else:
                file.seek(0)
                value = json.load(file)
                if isinstance(value, dict) and "sekisho-audit-file-1" in str(value.get("statement")):
                    lines, keys = check_file(value, options.file, trusted)
                else:
                    lines, keys = check_proof(value, trusted)
    except Broken as broken:
        print(f"NO. {broken}")
        return 1
    except ValueError:
        print("NO. The file is neither an export nor a proof, or its beginning is damaged.")
        return 1
    print("YES.", *lines, sep="\n")
    if trusted is None:
        print("The keys came with the file. Compare them with the published ones:", *keys, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
