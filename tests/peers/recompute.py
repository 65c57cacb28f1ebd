#!/usr/bin/env python3
"""Computes a billing period from the readings of its evidence, by the words of the evidence's README alone.

Written apart from the program: plain Python, whole numbers only. Usage: recompute.py FILE.zip
Prints JSON: the lines of slots.csv as they should be, and the 95th percentile under every rule in bit/s.
"""

import json
import sys
import zipfile
from datetime import datetime, timezone

SLOT_MS = 300_000
WRAP_32 = 1 << 32
UPTIME_WRAP_MS = (1 << 32) * 10
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def milliseconds(text):
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    passed = moment - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000


def in_utc(at_ms):
    seconds, rest = divmod(at_ms, 1000)
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + ".%03dZ" % rest


def whole(text):
    return int(text) if text else None


def read_readings(text):
    lines = text.split("\n")
    names = lines[0].split(",")
    for line in lines[1:]:
        if line:
            row = dict(zip(names, line.split(",")))
            yield {
                "at": int(row["at_ms"]),
                "uptime": whole(row["uptime_ms"]),
                "discontinuity": whole(row["discontinuity"]),
                "in": whole(row["in_octets"]),
                "out": whole(row["out_octets"]),
                "bits": int(row["bits"]),
            }


def was_restarted(first, second, passed):
    if first["uptime"] is None or second["uptime"] is None:
        return False
    tolerance = max(30_000, passed // 100)
    expected = (first["uptime"] + passed) % UPTIME_WRAP_MS
    off = abs(expected - second["uptime"] % UPTIME_WRAP_MS)
    if min(off, UPTIME_WRAP_MS - off) <= tolerance:
        return False
    return second["uptime"] < first["uptime"] or second["uptime"] + tolerance < passed


def passed_octets(way, first, second, passed, speed):
    """Octets of one direction, or the word for why they are not known."""
    before, after = first[way], second[way]
    if before is None or after is None:
        return "missing"
    if after >= before:
        return after - before
    if second["bits"] == 64:
        return "reset"
    if first["uptime"] is None or second["uptime"] is None or not speed or before >= WRAP_32:
        return "reset"
    octets = after + WRAP_32 - before
    return octets if octets * 8 * 1000 <= speed * passed else "reset"


def speed_between(port, begin, end):
    """The highest known line speed of a time; a change counts from its instant on."""
    speed, known = port["line_speed_bps"], []
    for change in port.get("line_speeds", []):
        since = milliseconds(change["from"])
        if since >= end and since > begin:
            break
        if since > begin:
            known.append(speed)
        speed = change["bps"]
    known.append(speed)
    return max((speed for speed in known if speed is not None), default=None)


def judged(first, second, port):
    passed = second["at"] - first["at"]
    speed = speed_between(port, first["at"], second["at"])
    if was_restarted(first, second, passed):
        both = "restart"
    elif first["bits"] != second["bits"]:
        both = "width_changed"
    elif None not in (first["discontinuity"], second["discontinuity"]) and first["discontinuity"] != second["discontinuity"]:
        both = "discontinuity"
    else:
        both = None
    ways = [both or passed_octets(way, first, second, passed, speed) for way in ("in", "out")]
    if "reset" in ways:
        ways = ["reset", "reset"]
    numbers = [octets for octets in ways if isinstance(octets, int)]
    fast = bool(speed) and any(octets * 8 * 1000 * 10 > speed * 11 * passed for octets in numbers)
    late = passed > port["estimate_after"] * port["poll_interval_ms"]
    return {"from": first["at"], "until": second["at"], "ways": ways, "suspect": fast, "estimated": late}


def intervals_of(readings, port):
    last = None
    for reading in readings:
        if reading["in"] is None and reading["out"] is None:
            continue
        if last is not None and reading["at"] <= last["at"]:
            continue
        if last is not None:
            yield judged(last, reading, port)
        last = reading


def nothing(start):
    return {"start": start, "octets": [None, None], "known": [0, 0], "flags": set(), "gap": ""}


def slots_of(intervals, begin, end):
    slots = {start: nothing(start) for start in range(begin - begin % SLOT_MS, end, SLOT_MS)}
    for interval in intervals:
        length = interval["until"] - interval["from"]
        start = interval["from"] - interval["from"] % SLOT_MS
        while start < interval["until"]:
            slot = slots.get(start)
            if slot is not None:
                put(slot, interval, length)
            start += SLOT_MS
    for slot in slots.values():
        is_known = slot["octets"] != [None, None]
        if is_known and min(slot["known"]) < SLOT_MS:
            slot["flags"].add("incomplete")
    return slots


def put(slot, interval, length):
    left = max(slot["start"], interval["from"]) - interval["from"]
    right = min(slot["start"] + SLOT_MS, interval["until"]) - interval["from"]
    for place, octets in enumerate(interval["ways"]):
        if isinstance(octets, int):
            share = octets * right // length - octets * left // length
            slot["octets"][place] = (slot["octets"][place] or 0) + share
            slot["known"][place] += right - left
        else:
            slot["gap"] = octets
    if any(isinstance(octets, int) for octets in interval["ways"]):
        slot["flags"].update(word for word in ("estimated", "suspect") if interval[word])


def added(members, start):
    """The slot of all members that belong there at its start."""
    present = [slots[start] for port, slots in members if port["from"] <= start and (port["until"] is None or start < port["until"])]
    total = nothing(start)
    if not present:
        return total
    for place in (0, 1):
        known = [slot["octets"][place] for slot in present if slot["octets"][place] is not None]
        total["octets"][place] = sum(known) if known else None
        if 0 < len(known) < len(present):
            total["flags"].add("incomplete")
    for slot in present:
        total["flags"] |= slot["flags"]
        total["gap"] = total["gap"] or slot["gap"]
    return total


def ranked(values):
    if not values:
        return None
    return sorted(values)[(95 * len(values) + 99) // 100 - 1] * 8 // 300


def figure(slots, direction, gaps):
    if direction == "max_of_p95":
        both = [figure(slots, way, gaps) for way in ("in", "out")]
        known = [rate for rate in both if rate is not None]
        return max(known) if known else None
    pick = {
        "in": lambda pair: pair[0],
        "out": lambda pair: pair[1],
        "p95_of_max": lambda pair: None if None in pair else max(pair),
        "p95_of_sum": lambda pair: None if None in pair else sum(pair),
    }[direction]
    values = [pick(slot["octets"]) for slot in slots if "suspect" not in slot["flags"]]
    known = [value for value in values if value is not None]
    if gaps != "drop" and known:
        fill = 0 if gaps == "zero" else sum(known) // len(known)
        known += [fill] * (len(values) - len(known))
    return ranked(known)


def as_line(slot):
    octets = ["" if value is None else str(value) for value in slot["octets"]]
    flags = " ".join(word for word in ("estimated", "suspect", "incomplete") if word in slot["flags"])
    return ",".join([str(slot["start"]), in_utc(slot["start"]), *octets, flags, slot["gap"]])


def main(path):
    with zipfile.ZipFile(path) as package:
        period = json.loads(package.read("period.json"))
        begin, end = (milliseconds(period["counted"][name]) for name in ("from", "until"))
        members = []
        for port in period["ports"]:
            readings = read_readings(package.read(port["readings"]).decode())
            port["from"] = milliseconds(port["from"])
            port["until"] = None if port["until"] is None else milliseconds(port["until"])
            members.append((port, slots_of(intervals_of(readings, port), begin, end)))
    starts = range(begin - begin % SLOT_MS, end, SLOT_MS)
    slots = [added(members, start) for start in starts]
    head = "start_ms,start_utc,in_octets,out_octets,flags,gap"
    directions = ("max_of_p95", "p95_of_max", "p95_of_sum", "in", "out")
    figures = {f"{direction}/{gaps}": figure(slots, direction, gaps) for direction in directions for gaps in ("drop", "zero", "average")}
    print(json.dumps({"slots_csv": "\n".join([head, *map(as_line, slots), ""]), "figures": figures}))


if __name__ == "__main__":
    main(sys.argv[1])
