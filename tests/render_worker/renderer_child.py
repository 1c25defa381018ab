"""A render process with every way to misbehave; run as a program by the tests."""

import json
import os
import sys
import time

MARK = "@backlot "


def say(word: str, **facts: object) -> None:
    """Answer as the real one does, between other talk."""
    sys.stdout.write("Fra:1 Mem:18M | Scene, ViewLayer | Synchronizing object\n")
    sys.stdout.write(f"\n{MARK}{json.dumps({'word': word, **facts})}\n")
    sys.stdout.flush()


def obey(how: str) -> None:
    """Do what the order's file name says."""
    if how == "hang":
        time.sleep(600)
    if how == "die":
        os.kill(os.getpid(), 9)
    if how == "flood":
        kept = bytearray(400 * 2**20)
        for page in range(0, len(kept), 4096):
            kept[page] = 1
        time.sleep(600)
    if how == "refuse":
        say("refused", code="product-empty")
    elif how == "fail":
        say("failed", why="ValueError: broken")
    else:
        sys.stdout.write("Fra:1 Mem:18M | Scene, ViewLayer | Sample 1/4\n")
        say("done", result={"pid": os.getpid()})


def main() -> None:
    """Obey until the input ends."""
    if "mute" in sys.argv:
        time.sleep(600)
    say("ready", blender="4.5 test")
    for line in sys.stdin:
        obey(json.loads(line)["how"])


main()
