#!/usr/bin/env python3
"""quality-classify.py CLASSIFY CRISIS.ndjson: macro-F1 over main types, false alarms on none posts, crises noticed."""
import collections
import json
import subprocess
import sys

rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
posts = "".join(
    json.dumps({"kind": "post", "id": r["id"], "source": "t", "text": r["text"], "published": "2026-11-22T00:00:00Z"},
               ensure_ascii=False) + "\n" for r in rows)
out = subprocess.run([sys.argv[1]], input=posts, capture_output=True, text=True, check=True).stdout
got = {r["id"]: r["crisis"]["type"] for r in map(json.loads, out.splitlines())}
tp, fp, fn = collections.Counter(), collections.Counter(), collections.Counter()
for r in rows:
    if got[r["id"]] == r["type"]:
        tp[r["type"]] += 1
    else:
        fp[got[r["id"]]] += 1
        fn[r["type"]] += 1
types = sorted({r["type"] for r in rows})
f1 = [2 * tp[t] / (2 * tp[t] + fp[t] + fn[t]) if tp[t] else 0.0 for t in types]
none = [r for r in rows if r["type"] == "none"]
crisis = [r for r in rows if r["type"] != "none"]
print("crisis types: %d posts, macro-F1 %.3f, accuracy %.3f, none posts that alarm %.3f, crisis posts noticed %.3f" % (
    len(rows), sum(f1) / len(f1), sum(tp.values()) / len(rows),
    sum(got[r["id"]] != "none" for r in none) / max(len(none), 1),
    sum(got[r["id"]] != "none" for r in crisis) / max(len(crisis), 1)))
