"""epochs.py CASES.json FOLDER [--write] : which epoch files does a member of an ensemble start with?

A case is {case, base, damage, verdicts}: the directory `base` below FOLDER with changed epoch files. The server is started
alone as a member of an ensemble of three. A verdict, by release, is `started` (it looks for a leader), and then `epochs`:
currentEpoch and acceptedEpoch as they are on disk afterwards; or `why` in the server's words. Verdicts that differ from
those in CASES.json are an error; `--write` writes them there instead.
"""
import json
import os
import sys
import tempfile
import time

import damage
import judge
import server
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
    with open(cases_file) as f:
        cases = json.load(f)
    release, wrong = server.release(), 0
    for case in cases:
        with tempfile.TemporaryDirectory() as scratch:
            said = ask(folder, case, scratch)
        known = case['verdicts'].get(release, {})
        if not write and any(known.get(k) != v for k, v in said.items() if k != 'why'):
            wrong += 1
            print(case['case'], said)
        case['verdicts'][release] = said
    print('%s: %d cases, %d differ' % (release, len(cases), wrong))
    if write:
        with open(cases_file, 'w') as f:
            f.write('[\n' + ',\n'.join(json.dumps(c, ensure_ascii=False) for c in cases) + '\n]\n')
    return 1 if wrong else 0


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
