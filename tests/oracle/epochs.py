"""epochs.py CASES.json FOLDER [--write] : which epoch files does a member of an ensemble start with?

A case is {case, base, damage, verdicts}: the directory `base` below FOLDER with changed epoch files. The server is started
alone as a member of an ensemble of three. A verdict, by release, is `started` (it looks for a leader), and then `epochs`:
currentEpoch and acceptedEpoch as they are on disk afterwards; or `why` in the server's words. Verdicts that differ from
those in CASES.json are an error; `--write` writes them there instead.
"""
import os
import sys
import time

import damage
import judge
from verify import Ensemble

WAIT = 20


def ask(folder, case, scratch):
    ensemble = Ensemble([os.path.join(folder, case['base'])] * 3, scratch)
    member = ensemble.members[0]
    damage.apply({'data': os.path.join(member.home, 'version-2')}, case['damage'])
    member.start()
    try:
        end = time.monotonic() + WAIT
        while member.alive() and time.monotonic() < end:
            if 'New election' in member.log():
                return {'started': True, 'epochs': ensemble.epochs(member)}
            time.sleep(0.05)
        return {'started': False, 'why': judge.why(member.log())}
    finally:
        ensemble.stop()


def main(cases_file, folder, *write):
    return judge.compare(cases_file, lambda case, scratch: ask(folder, case, scratch), write)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
