#!/usr/bin/env python3
"""Precision, recall and F1 of classify -e by kind: same kind and same span; for amounts and times, also the value.

Reads posts with their true "entities" and the member crisis.entities. PART and SHOW: see quality-entities.sh.
"""
import json
import os
import sys
from collections import Counter

KINDS = ["org", "place", "product", "person", "amount", "time"]


def key(e):
    return e["kind"], e["at"][0], e["at"][1]


def main():
    show = os.environ.get("SHOW")
    part = os.environ.get("PART")
    n = {"dev": Counter(), "held": Counter()}
    posts = Counter()
    for line in sys.stdin:
        r = json.loads(line)
        p = r["part"]
        posts[p] += 1
        gold = {key(e): e for e in r["entities"]}
        got = {key(e): e for e in r["crisis"]["entities"]}
        for k, e in gold.items():
            n[p][k[0], "gold"] += 1
            if k not in got:
                if show and p == part:
                    print("missed", r["id"], k[0], e["text"], "|", r["text"])
                continue
            n[p][k[0], "hit"] += 1
            if k[0] in ("amount", "time"):
                same = all(e.get(m) == got[k].get(m) for m in ("value", "unit"))
                n[p][k[0], "value"] += same
                if show and p == part and not same:
                    print("value ", r["id"], e["text"], e.get("value"), e.get("unit"), "got", got[k].get("value"), got[k].get("unit"))
        for k, e in got.items():
            n[p][k[0], "got"] += 1
            if k not in gold and show and p == part:
                print("wrong ", r["id"], k[0], e["text"], "|", r["text"])
    for p in ("dev", "held"):
        print(f"entities, {'half tuned on' if p == 'dev' else 'half held out'}: {posts[p]} sentences")
        total = Counter()
        for k in KINDS + ["all"]:
            c = total if k == "all" else {m: n[p][k, m] for m in ("gold", "got", "hit", "value")}
            if k != "all":
                total.update(c)
            prec = c["hit"] / c["got"] if c["got"] else 0
            rec = c["hit"] / c["gold"] if c["gold"] else 0
            f1 = 2 * prec * rec / (prec + rec) if prec + rec else 0
            value = f"  value right {100 * c['value'] / c['hit']:.0f} %" if k in ("amount", "time") and c["hit"] else ""
            print(f"  {k:8} {c['gold']:4} true, precision {prec:.2f}, recall {rec:.2f}, F1 {f1:.2f}{value}")


main()
