#!/usr/bin/env python3
"""names.py REDACT-COMMAND < names.txt: recall and precision of names in context, over marked sentences."""
import re
import shlex
import subprocess
import sys

lines = [l.rstrip("\n") for l in sys.stdin if l.strip() and not l.startswith("#")]
plain = [re.sub("[〈〉]", "", l) for l in lines]
out = subprocess.run(shlex.split(sys.argv[1]), input="\n".join(plain) + "\n", capture_output=True, text=True).stdout.split("\n")
token = re.compile("某[2-9BCDFGHJKLMNPQRSTVWXYZbcd]{6}")
want = found = right = 0
for marked, text, got in zip(lines, plain, out):
    names = re.findall("〈(.*?)〉", marked)
    gone = sum(1 for n in set(names) if re.sub("先生|女士|小姐|阿姨|大爷", "", n) not in got)
    want += len(set(names))
    right += gone
    tokens = len(set(token.findall(got)))
    found += tokens
    if gone < len(set(names)) or tokens > len(set(names)):
        print("  %s -> %s" % (marked, got))
print("names in context: recall %.3f (%d of %d), precision %.3f (%d of %d)" % (right / want, right, want, min(right, found) / max(found, 1), min(right, found), found))
