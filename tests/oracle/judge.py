"""judge.py MATRIX.json FOLDER... : what a real server makes of every case of a matrix of damage.

A case is {case, base, options, damage, verdicts}; a verdict, one for each release, is `started`, and if it did `zxid`,
`digestMismatches`, `sessions`, `nodes` and `tree` (the short form of the whole tree), else `why` in the server's words.
`base` names a directory below one of the FOLDERS. Verdicts that differ from those in MATRIX.json are an error; `--write`
writes them there instead.

A server is started for every case, on a copy. `Quick` asks the same code of the same release inside of one process:
good for looking around in thousands of cases, and checked against the servers.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import damage
import server
import tree

PROPERTIES = {'trustEmpty': 'snapshot.trust.empty', 'autocreate': 'db.autocreate', 'extendedTypes': 'extendedTypesEnabled',
              'digest': 'digest.enabled'}


def properties(options):
    return {PROPERTIES[k]: str(v).lower() for k, v in options.items() if k in PROPERTIES}


class Copy:
    """A damaged copy of a base directory, for one server to start from."""

    def __init__(self, base, operations, scratch):
        self.home = os.path.join(scratch, 'data')
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch)
        source = os.path.join(base, 'data') if os.path.isdir(os.path.join(base, 'data')) else base
        shutil.copytree(source, self.home)
        self.txn = self.home
        if os.path.isdir(os.path.join(base, 'txn')):
            self.txn = os.path.join(scratch, 'txn')
            shutil.copytree(os.path.join(base, 'txn'), self.txn)
        damage.apply(self.folders(), operations)

    def folders(self):
        return {'data': os.path.join(self.home, 'version-2'), 'txn': os.path.join(self.txn, 'version-2')}


def verdict(zxid, mismatches, sessions, found):
    return {'started': True, 'zxid': zxid, 'digestMismatches': mismatches, 'sessions': sorted(sessions),
            'nodes': len(found), 'tree': tree.short(found)}


def ask_server(copy, options):
    """The verdict of a server of its own, and the tree."""
    s = server.Server(copy.home, properties(options), copy.txn if copy.txn != copy.home else None)
    try:
        if not s.start().wait_serving():
            return {'started': False, 'why': why(s.log())}, None
        mismatches = s.metric('digest_mismatches_count')
        zxid = re.search(r'highest zxid is (0x\w+)|$', s.log())[1] or s.ask('srvr').split('Zxid: ')[1].split('\n')[0]
        sessions = [line.strip() for line in s.ask('dump').split('ephemeral nodes dump')[0].split('\n')
                    if line.startswith('\t0x')]
        found = tree.read_all(s.port)
        return verdict(zxid, mismatches, sessions, found), found
    finally:
        s.stop()


def why(log):
    """The line of a server's log that names its reason. A client that asks too early gives a line of its own."""
    lines = [line for line in log.split('\n') if re.match(r'\S*(Exception|Error)\b', line) and 'removeCnxn' not in line]
    return re.sub(r'(/[^/\s]+)+/', '', lines[0])[:160] if lines else log[-160:]


class Quick:
    """ZooKeeper's loading code in one process, fed with many directories. `classes` holds the compiled Judge.java."""

    def __init__(self, classes, options):
        run = server.jvm(properties(options), log='off')
        run[-1] = classes + ':' + run[-1]
        self.process = subprocess.Popen(run + ['Judge'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, encoding='utf-8')

    def ask(self, copy):
        self.process.stdin.write('%s\t%s\n' % (copy.home, copy.txn))
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError('the judge ended')
        said = json.loads(line)
        if not said['started']:
            return {'started': False, 'why': why(said['error'])}, None
        for node in said['tree'].values():
            if 'children' in node:
                node['children'].sort()
        return verdict(said['zxid'], said['digestMismatches'], list(said['sessions']), said['tree']), said['tree']

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def base_of(name, folders):
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            return path
    sys.exit('no directory %s below %s' % (name, folders))


def compare(cases_file, ask, write):
    """Asks about every case of a file; tells how many verdicts of this release differ, or writes all of them there."""
    with open(cases_file) as f:
        cases = json.load(f)
    wrong, release = 0, server.release()
    for case in cases:
        with tempfile.TemporaryDirectory() as scratch:
            said = ask(case, scratch)
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


def main(arguments):
    matrix, *folders = [a for a in arguments if a != '--write']

    def ask(case, scratch):
        copy = Copy(base_of(case['base'], folders), case['damage'], os.path.join(scratch, 'case'))
        return ask_server(copy, case['options'])[0]
    return compare(matrix, ask, '--write' in arguments)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
