#!/bin/sh
# Entities on the project's own sentences: figures of the half the rules were tuned on and of the half held out.
# PART=dev SHOW=1: print what was missed or wrong there.
set -eu
cd "$(dirname "$0")/../.."
HOME=/nonexistent "${BUILD:-build}/libexec/tocsin/classify" --rules-only -e tests/corpus/entities.ndjson | python3 tests/bench/entities.py
