"""live.py HOME : a real server that is written to all the time, for those who back it up meanwhile.

It prints `ready` when it serves and some writes are done. Each line on standard input asks for something, and is answered
by one line of JSON: `mark` holds the writer for a moment and tells the last zxid and the whole tree there; `count` tells
how many writes were done. At the end of the input, server and writer end.
"""
import json
import sys
import threading
import time

import server
import tree
from wire import Wire


class Writer(threading.Thread):
    """Writes without a pause, unless somebody holds the lock."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.wire = Wire(port, 'writer', timeout=600000)
        self.lock, self.done, self.zxid, self.ended = threading.Lock(), 0, 0, False

    def run(self):
        while not self.ended:
            with self.lock:
                self.write(self.done)
                self.done += 1
            time.sleep(0.001)

    def write(self, n):
        path, data = '/n%d' % (n // 4), b'%d ' % n * 20
        if n % 4 == 0:
            flags = 1 if n % 16 == 8 else 0
            self.ask('create', path=path, data=data, flags=flags)
        elif n % 4 == 1:
            self.ask('setData', path=path, data=data, version=-1)
        elif n % 4 == 2:
            self.ask('create', path='/c%d' % n, data=data, flags=0)
        elif n % 8 == 3:
            self.ask('delete', path='/c%d' % (n - 1), version=-1)

    def ask(self, op, **arguments):
        said = self.wire.call(op, **arguments)
        assert said['err'] == 0, (op, arguments, said)
        self.zxid = said['zxid']


def main():
    member = server.Server(sys.argv[1], {'snapCount': '300'})
    try:
        assert member.start().wait_serving(), member.log()[-2000:]
        writer = Writer(member.port)
        writer.start()
        while writer.done < 400:
            time.sleep(0.01)
        print('ready', flush=True)
        for line in sys.stdin:
            with writer.lock:
                said = {'count': writer.done, 'zxid': hex(writer.zxid)}
                if line.strip() == 'mark':
                    said['tree'] = tree.read_all(member.port)
            print(json.dumps(said), flush=True)
        writer.ended = True
        writer.join(5)
    finally:
        member.stop()


if __name__ == '__main__':
    main()
