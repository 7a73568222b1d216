"""Runs the summaries of one library as often as it is told to, in that library's own environment.

Called with a file of `peers/` and the input. It says what can be run; each line on standard input names one, and the
answer is the seconds it took and what came out. Nothing but the standard library is imported here, since every
environment is another.
"""

import gc
import json
import os
import runpy
import sys
import time


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    peer = runpy.run_path(sys.argv[1])
    data = peer["load"](sys.argv[2])
    print(json.dumps(list(peer["RUNS"])), file=answers, flush=True)
    for line in sys.stdin:
        run = peer["RUNS"][line.rstrip("\n")]
        gc.collect()  # what the run before left
        started = time.perf_counter()
        made = run(data)
        took = time.perf_counter() - started
        print(json.dumps([took, made]), file=answers, flush=True)


if __name__ == "__main__":
    main()
