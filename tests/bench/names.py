#!/usr/bin/env python3
"""names.py REDACT-COMMAND [odd|even] < names.txt: recall and precision of names in context, over marked sentences.
A name counts when exactly it was replaced, without its title. odd, even: every second sentence; of even ones, held out,
only figures are shown."""
import re
import shlex
import subprocess
import sys

half = sys.argv[2] if len(sys.argv) > 2 else ""
lines = [l.rstrip("\n") for l in sys.stdin if l.strip() and not l.startswith("#")]
if half:
    lines = lines[0 if half == "odd" else 1::2]
plain = [re.sub("[〈〉]", "", l) for l in lines]
out = subprocess.run(shlex.split(sys.argv[1]), input="\n".join(plain) + "\n", capture_output=True, text=True).stdout.split("\n")
code = "[2-9BCDFGHJKLMNPQRSTVWXYZbcd]{6}"
token = re.compile("((?:某|Person-)%s|\\[[^]·]*·%s\\])" % (code, code))
title = re.compile("^(小|Mr\\.? |Mrs\\.? |Ms\\.? )|(先生|女士|小姐|阿姨|大爷|大妈|奶奶|太太|师傅|[叔姐])$")


def replaced(text, got):
    """What stood where the names' pseudonyms stand."""
    parts = token.split(got)
    shape = "".join(re.escape(p) if k % 2 == 0 else "(.+?)" if p[0] != "[" else r"[\d -]+" if p[1] == "手" else ".+?" for k, p in enumerate(parts))
    m = re.fullmatch(shape, text)
    return sorted(m.groups()) if m else ["?"] * len(parts)


want = found = right = 0
for marked, text, got in zip(lines, plain, out):
    names = sorted(title.sub("", n) for n in re.findall("〈(.*?)〉", marked))
    gone = replaced(text, got)
    same = sum(min(names.count(n), gone.count(n)) for n in set(names))
    want += len(names)
    found += len(gone)
    right += same
    if half != "even" and (same < len(names) or same < len(gone)):
        print("  %s -> %s" % (marked, got))
print("names in context%s: recall %.3f (%d of %d), precision %.3f (%d of %d)" % (" (%s)" % half if half else "", right / want, right, want, right / max(found, 1), right, found))
