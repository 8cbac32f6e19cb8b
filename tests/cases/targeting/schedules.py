"""Writes schedules.json: opening hours around changes of the clocks and of the week.

The answers come from Python's zoneinfo and the dozen lines of `is_open`, not from our engine.
Usage: python3 schedules.py > schedules.json
"""
import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SCHEDULES = {
    "office": {"mon-fri": ["09:00-12:30", "13:30-17:00"]},
    "late": {"fri-sat": ["22:00-02:30"], "sun": ["23:30-00:30"]},
    "small-hours": {"daily": ["01:45-02:15"]},
    "first-hour": {"daily": ["00:00-01:00"]},
    "half-past": {"daily": ["01:40-02:10", "02:30-04:00"]},
    "monday": {"mon": ["00:00-24:00"]},
}
# Zone and the years whose changes of the clocks are looked at; Apia left out a whole day in 2011.
ZONES = {
    "Australia/Lord_Howe": [2026],
    "Pacific/Apia": [2011],
    "Asia/Kolkata": [2026],
    "America/New_York": [2026],
    "Europe/Paris": [2026],
    "Europe/London": [2027],
    "America/Sao_Paulo": [2018],
    "Asia/Tehran": [2022],
    "Pacific/Auckland": [2026],
    "Pacific/Chatham": [2027],
}
MS = timedelta(milliseconds=1)


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


def windows(week):
    table = [[] for _ in DAYS]
    for days, texts in week.items():
        names = days.split("-") if days != "daily" else ["mon", "sun"]
        first, last = DAYS.index(names[0]), DAYS.index(names[-1])
        for day in range(first, last + 1):
            table[day] += [tuple(map(minutes, text.split("-"))) for text in texts]
    return table


TABLES = {name: windows(week) for name, week in SCHEDULES.items()}


def is_open(schedule, zone, at):
    local = at.astimezone(ZoneInfo(zone))
    now, today = local.hour * 60 + local.minute, local.weekday()
    here = any(start <= now and (now < end or end <= start) for start, end in TABLES[schedule][today])
    return here or any(end <= start and now < end for start, end in TABLES[schedule][today - 1])


def change(schedule, zone, at):
    """The first whole minute with another answer."""
    was, minute = is_open(schedule, zone, at), at.replace(second=0, microsecond=0)
    for _ in range(9 * 1440):
        minute += timedelta(minutes=1)
        if is_open(schedule, zone, minute) != was:
            return minute


def clock_changes(zone, year):
    hour, offset = datetime(year, 1, 1, tzinfo=timezone.utc), lambda t: t.astimezone(ZoneInfo(zone)).utcoffset()
    for _ in range(366 * 48):
        step = hour + timedelta(minutes=30)
        if offset(step) != offset(hour):
            yield step
        hour = step


def text(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def row(schedule, zone, at):
    at = at.astimezone(timezone.utc)
    local = at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %a").lower()
    answer = is_open(schedule, zone, at)
    return {"zone": zone, "schedule": schedule, "at": text(at), "local": local, "open": answer,
            "changes": text(change(schedule, zone, at))}


rows = []
for zone, years in ZONES.items():
    for at in [t for year in years for t in clock_changes(zone, year)]:
        early = "first-hour" if (at - MS).astimezone(ZoneInfo(zone)).hour == 23 else "small-hours"
        for shift in [-MS, 0 * MS, timedelta(minutes=20), timedelta(minutes=50)]:
            rows.append(row(early, zone, at + shift))
        rows.append(row("late", zone, at - timedelta(hours=30)))
        rows.append(row("office", zone, at - timedelta(hours=36)))
        rows.append(row("half-past", zone, at - timedelta(minutes=45)))
    monday = datetime(years[0], 6, 1)
    monday += timedelta(days=-monday.weekday() % 7)
    for schedule, days, hour, minute in [("monday", 0, 0, 0), ("monday", 1, 0, 0), ("late", 0, 0, 30), ("late", 5, 2, 30),
                                         ("office", 4, 17, 0), ("office", 0, 9, 0)]:
        at = (monday + timedelta(days=days, hours=hour, minutes=minute)).replace(tzinfo=ZoneInfo(zone))
        rows += [row(schedule, zone, at.astimezone(timezone.utc) - MS), row(schedule, zone, at)]

lines = ",\n".join("    " + json.dumps(row) for row in rows)
print('{\n  "schedules": ' + json.dumps(SCHEDULES) + ',\n  "instants": [\n' + lines + "\n  ]\n}")
