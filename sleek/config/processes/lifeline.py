"""Run a program that ends when its parent does: `python lifeline.py PARENT_PID PROGRAM ARGUMENT…`.

A supervisor killed with `kill -9` can stop nothing any more, so Linux is asked beforehand to do it.
The wish survives `exec`, which keeps this out of the programs themselves. Where it can't be had
(macOS), the next start finds the port taken and says so.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    parent, *command = sys.argv[1:]
    end_with_parent()
    if os.getppid() != int(parent):
        sys.exit("The parent ended before its child began.")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
