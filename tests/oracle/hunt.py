"""hunt.py BASES CLASSES SEED COUNT --zablab PROGRAM : where `zablab recover` and a real server come to something else.

BASES are directories made by history.py, CLASSES the folder of the compiled Judge.java. Each seed is one case of random
damage. Judge.java tells what the code of the release in use makes of it; when the program differs, a real server is
asked too, and the case is printed in the form of matrix.json.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import damage
import judge
import server
import tree


def options(dice):
    """The options of a server, mostly none."""
    return dice.choices([{}, {'trustEmpty': True}, {'autocreate': False}, {'extendedTypes': False},
                         {'trustEmpty': True, 'autocreate': False}], [84, 6, 4, 4, 2])[0]


def case_of(bases, seed, scratch):
    dice = random.Random('case %s' % seed)
    names = sorted(os.listdir(bases))
    base, other = dice.choice(names), dice.choice(names)
    copy = judge.Copy(os.path.join(bases, base), [], scratch)
    apart = copy.txn != copy.home and dice.random() < 0.6
    drawn = damage.Damage(copy.folders(), 'txn' if apart else 'data', seed,
                          os.path.join(bases, other, 'data', 'version-2'))
    try:
        for _ in range(dice.choice([1, 1, 1, 1, 2, 2, 3])):
            drawn.one()
    except IndexError:  # nothing is left to break
        pass
    return {'case': '; '.join(drawn.words), 'base': base, 'options': options(dice), 'damage': drawn.done}


def ask_program(program, copy, given, release):
    """The verdict of `zablab recover` in the form of a server's, and the tree."""
    run = [program, 'recover', copy.home, '--json', '--as', release]
    run += ['--log-dir', copy.txn] if copy.txn != copy.home else []
    flags = {'trustEmpty': '--trust-empty', 'autocreate': '--no-autocreate', 'extendedTypes': '--no-extended-types'}
    run += [flags[name] for name in given]
    done = subprocess.run(run, capture_output=True, timeout=60, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return {'started': None, 'why': done.stderr.decode('utf-8', 'replace')[-300:]}, None
    if not said['started']:
        return {'started': False, 'why': said['error']}, None
    found = tree.readable(said['tree'])
    return judge.verdict(said['zxid'], said['digestMismatches'], said['sessions'], found), found


def same(a, b):
    return all(a.get(k) == b.get(k) for k in ('started', 'zxid', 'digestMismatches', 'sessions', 'tree'))


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument('bases')
    p.add_argument('classes')
    p.add_argument('seed', type=int)
    p.add_argument('count', type=int)
    p.add_argument('--zablab', required=True)
    p.add_argument('--as', dest='release', default=server.release())
    a = p.parse_args()
    quick, wrong = {}, 0
    with tempfile.TemporaryDirectory() as scratch:
        place = os.path.join(scratch, 'case')
        for seed in range(a.seed, a.seed + a.count):
            case = case_of(a.bases, seed, place)
            base, given = os.path.join(a.bases, case['base']), case['options']
            ours, our_tree = ask_program(a.zablab, judge.Copy(base, case['damage'], place), given, a.release)
            key = json.dumps(given)
            if key not in quick:
                quick[key] = judge.Quick(a.classes, given)
            theirs, _ = quick[key].ask(judge.Copy(base, case['damage'], place))
            if same(ours, theirs):
                continue
            theirs, their_tree = judge.ask_server(judge.Copy(base, case['damage'], place), given)
            if same(ours, theirs):
                continue
            wrong += 1
            print(json.dumps({**case, 'seed': seed, 'zablab': ours, a.release: theirs}, ensure_ascii=False))
            if our_tree and their_tree:
                for line in tree.differences(their_tree, our_tree, ())[:3]:
                    print('   ', json.dumps(line, ensure_ascii=False))
            sys.stdout.flush()
    for one in quick.values():
        one.end()
    print('%s: %d cases, %d differ' % (a.release, a.count, wrong))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
