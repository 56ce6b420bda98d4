"""history.py OUT SEED [COUNT] : real directories with a random past, one below OUT for each seed.

A standalone server of the release in use is driven by raw clients: every kind of node and request, failing ones too,
sessions that end and sessions that stay, restarts, kills, several snapshots and logs. What a seed asks for is always the
same; session ids, times, and how fuzzy a snapshot is, are the server's. Each directory holds `data` (a home with
version-2, sometimes `txn` beside it) and `made.json`: how it was made.
"""
import json
import os
import random
import shutil
import subprocess
import sys

import server
from wire import OPEN, Wire

PATHS = ['a', 'b', 'c', 'queue', 'юникод', '日本語', 'e\u0301', ' space', 'x.y', '...', 'a=b&c', '"', 'back\\slash', '\uf900']
ACLS = [OPEN, [(1, 'world', 'anyone')], [(31, 'digest', 'alice:3lvWHLaOtlYbDhhJ5gUkbzgEnZE=')],
        [(31, 'ip', '127.0.0.1/8'), (1, 'world', 'anyone')], [(5, 'digest', 'bob:x'), (31, 'world', 'anyone')],
        [(31, 'auth', '')]]


class Past:
    """One directory in the making."""

    def __init__(self, home, seed):
        self.dice = random.Random('history %s' % seed)
        d = self.dice
        options = {'snapCount': str(d.choice([8, 20, 20, 50, 100000])), 'forceSync': 'no'}
        if d.random() < 0.06:
            options['digest.enabled'] = 'false'
        method = d.choice(['', '', '', '', 'gz', 'snappy'])
        if method:
            options['snapshot.compression.method'] = method
        if d.random() < 0.1:
            options['snapshot.trust.empty'] = 'true'
        self.options, self.apart = options, d.random() < 0.1
        self.home, self.txn = os.path.join(home, 'data'), os.path.join(home, 'txn')
        os.makedirs(self.home)
        self.server = server.Server(self.home, options, self.txn if self.apart else None)
        self.known = ['/']
        self.clients = []
        self.story = []

    def live(self):
        d = self.dice
        for life in range(d.choice([1, 1, 2, 3])):
            if life and d.random() < 0.04:
                self.options['digest.enabled'] = d.choice(['true', 'false'])
            self.server.start(append=life > 0)
            if not self.server.wait_serving():
                self.story.append('does not start')
                return
            self.clients = [self.connect() for _ in range(2)]
            self.work(d.choice([5, 30, 80, 160]))
            if d.random() < 0.5:
                self.clients[0].call('closeSession')
                self.story.append('close')
            kill = d.random() < 0.6
            self.story.append('kill' if kill else 'stop')
            for client in self.clients:
                client.drop()
            self.server.stop(kill)
        if d.random() < 0.15:
            self.purge()

    def connect(self):
        wire = Wire(self.server.port, 'c', timeout=self.dice.choice([2000, 30000, 600000]))
        wire.call('auth', scheme='digest', auth=b'alice:secret')
        return wire

    def work(self, count):
        d = self.dice
        for _ in range(count):
            client = d.choice(self.clients)
            roll = d.random()
            if roll < 0.03:
                client.call('closeSession')
                client.drop()
                self.clients[self.clients.index(client)] = self.connect()
            elif roll < 0.12:
                client.call('multi', ops=[self.request() for _ in range(d.randint(1, 5))])
            else:
                op, args = self.request()
                client.call(op, **args)

    def request(self):
        d = self.dice
        path = d.choice(self.known)
        version = d.choice([-1, -1, -1, 0, 1, 7])
        roll = d.random()
        if roll < 0.5:
            return self.create(path)
        if roll < 0.72:
            return 'setData', {'path': path, 'data': self.data(), 'version': version}
        if roll < 0.92:
            if path != '/' and d.random() < 0.5:
                self.known.remove(path)
            return 'delete', {'path': path, 'version': version}
        if roll < 0.96:
            return 'setACL', {'path': path, 'acl': d.choice(ACLS), 'version': version}
        return 'delete', {'path': path + '/nobody'}

    def create(self, parent):
        d = self.dice
        path = (parent if parent != '/' else '') + '/' + d.choice(PATHS) + d.choice(['', '', str(d.randint(0, 9))])
        args = {'path': path, 'data': self.data(), 'acl': d.choice(ACLS) if d.random() < 0.3 else OPEN}
        kind = d.random()
        if kind < 0.06:
            op = 'createContainer'
        elif kind < 0.14:
            op, args['flags'], args['ttl'] = 'createTTL', d.choice([5, 6]), d.choice([1, 3600000, 1 << 39])
        else:
            op, args['flags'] = d.choice(['create', 'create2']), d.choice([0, 0, 0, 0, 1, 2, 3])
        if args.get('flags', 0) in (0, 5) and path not in self.known and len(self.known) < 60:
            self.known.append(path)
        return op, args

    def data(self):
        d = self.dice
        roll = d.random()
        if roll < 0.1:
            return None
        if roll < 0.3:
            return b''
        if roll < 0.98:
            return d.randbytes(d.randint(1, 40))
        return d.randbytes(d.choice([1000, 5000, 70000]))

    def purge(self):
        where = self.txn if self.apart else self.home
        subprocess.run(server.jvm(log='off') + ['org.apache.zookeeper.server.PurgeTxnLog', where, self.home, '-n', '3'],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        self.story.append('purge')


def make(out, seed, version):
    home = os.path.join(out, str(seed))
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    past = Past(home, seed)
    try:
        past.live()
    finally:
        past.server.stop()
    for end in ('.log', '.cfg'):
        os.remove(past.home + end)
    with open(os.path.join(home, 'made.json'), 'w') as f:
        json.dump({'release': version, 'seed': seed, 'options': past.options, 'story': past.story,
                   'apart': past.apart}, f)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    first, release = int(sys.argv[2]), server.release()
    for number in range(first, first + int((sys.argv + ['1'])[3])):
        make(sys.argv[1], number, release)
