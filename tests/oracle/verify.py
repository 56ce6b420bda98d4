"""verify.py DIR [--tree TREE.json] [--keep FOLDER] : does a real server start from this version-2 directory, and with what?
verify.py --ensemble DIR DIR DIR [--order 2,1,3]  : the same for an ensemble, server N with the Nth directory.

Directories are copied, never touched; DIR may be the home of version-2 or version-2 itself. One JSON report on standard
output. One directory: exit 0 when the server starts without a digest mismatch and with the tree that was asked for, 1 when
it starts otherwise, 2 when it refuses. An ensemble: all start at once, or in the given order: the first two, and each
other one when those before it serve; exit 0 when all serve, no digest mismatches, and all trees are equal.
"""
import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time

import judge
import server
import tree

QUORUM_WAIT = 40


def home_of(folder):
    """The home of version-2, whichever of the two was named."""
    return os.path.dirname(os.path.abspath(folder)) if os.path.basename(os.path.abspath(folder)) == 'version-2' else folder


def one(folder, want, keep, options):
    with tempfile.TemporaryDirectory() as scratch:
        copy = judge.Copy(home_of(folder), [], os.path.join(scratch, 'case'))
        said, found = judge.ask_server(copy, options)
        if keep:
            shutil.copytree(copy.folders()['data'], keep)
    report = {'release': server.release(), **said}
    if found is not None and want:
        with open(want) as f:
            differing = tree.differences(json.load(f), found)
        report['differences'] = differing[:20]
    elif found is not None:
        report['tree'] = found
    print(json.dumps(report, indent=1, ensure_ascii=False))
    if not said['started']:
        return 2
    return 1 if said['digestMismatches'] or report.get('differences') else 0


class Ensemble:
    """Members on copies of directories."""

    def __init__(self, folders, scratch):
        self.members, peers = [], []
        ports = server.free_ports(2 * len(folders))
        for i in range(len(folders)):
            peers.append('server.%d=127.0.0.1:%d:%d' % (i + 1, ports[2 * i], ports[2 * i + 1]))
        for i, folder in enumerate(folders):
            copy = judge.Copy(home_of(folder), [], os.path.join(scratch, 's%d' % (i + 1)))
            self.members.append(server.Server(copy.home, tick=500, peers='\n'.join(peers), my_id=i + 1))
        self.before = [self.epochs(m) for m in self.members]

    @staticmethod
    def epochs(member):
        def read(name):
            try:
                with open(os.path.join(member.home, 'version-2', name)) as f:
                    return f.read().strip()
            except OSError:
                return ''
        return [read('currentEpoch'), read('acceptedEpoch')]

    def start(self, order):
        """True when all serve."""
        started = []
        for place, number in enumerate(order or range(1, len(self.members) + 1)):
            started.append(self.members[number - 1].start())
            if order and 1 <= place and not self.serve(started):
                return False
            if order and place == 0:
                self.looks(started[0])
        return self.serve(started)

    @staticmethod
    def looks(member):
        """Waits until it looks for a leader."""
        end = time.monotonic() + QUORUM_WAIT
        while 'New election' not in member.log() and time.monotonic() < end and member.alive():
            time.sleep(0.05)

    @staticmethod
    def serve(members):
        end = time.monotonic() + QUORUM_WAIT
        while time.monotonic() < end and all(m.alive() for m in members):
            if all(m.mode() for m in members):
                return True
            time.sleep(0.1)
        return False

    def report(self):
        servers, trees = {}, []
        for i, m in enumerate(self.members):
            mode, log = m.mode(), m.log()
            zxid = re.search(r'^Zxid: (0x\w+)', m.ask('srvr'), re.M)
            servers[str(i + 1)] = {
                'mode': mode, 'zxid': zxid[1] if zxid else None,
                'epochBefore': self.before[i], 'epochAfter': self.epochs(m),
                'sync': sync_modes(log), 'digestMismatches': m.metric('digest_mismatches_count'),
                'errors': [line[:200] for line in log.split('\n') if re.match(r'ERROR|java\.\S*Exception|Caused', line)][:5]}
        for m in self.members:
            found = tree.read_all(m.port) if m.mode() else None
            if found:
                found.pop('/zookeeper/config', None)
            trees.append(found)
        equal = all(t is not None and t == trees[0] for t in trees)
        return {'release': server.release(), 'servers': servers, 'treesEqual': equal,
                'nodes': [len(t) if t else None for t in trees],
                'ok': equal and all(s['digestMismatches'] == 0 for s in servers.values())}

    def stop(self):
        for m in self.members:
            m.stop()


def sync_modes(log):
    """How this member, as a learner, was synchronized: `diff`, `trunc`, `snap`, in order."""
    words = {'Getting a diff': 'diff', 'Truncating log': 'trunc', 'Getting a snapshot': 'snap'}
    return [words[found] for found in re.findall('|'.join(words), log)]


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument('folders', nargs='+')
    p.add_argument('--tree')
    p.add_argument('--keep')
    p.add_argument('--ensemble', action='store_true')
    p.add_argument('--order', type=lambda s: [int(x) for x in s.split(',')])
    p.add_argument('--option', action='append', default=[], help='trustEmpty=true and the like')
    a = p.parse_args()
    if not a.ensemble:
        return one(a.folders[0], a.tree, a.keep, dict(o.split('=', 1) for o in a.option))
    with tempfile.TemporaryDirectory() as scratch:
        ensemble = Ensemble(a.folders, scratch)
        try:
            ensemble.start(a.order)
            report = ensemble.report()
        finally:
            ensemble.stop()
    print(json.dumps(report, indent=1, ensure_ascii=False))
    return 0 if report['ok'] else 1


if __name__ == '__main__':
    sys.exit(main())
