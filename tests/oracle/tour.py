"""The stage of a scripted tour: one recorder, short names for steps, and a choice of parts.

The command line is PORT OUT.json --server TEXT --part NAME. A tour needs an EMPTY standalone server (see record.py).
"""
import argparse
import base64
import hashlib

from recorder import Recorder

ap = argparse.ArgumentParser()
ap.add_argument('port', type=int)
ap.add_argument('out')
ap.add_argument('--server', required=True)
ap.add_argument('--part', required=True)
args = ap.parse_args()
rec = Recorder(args.port, args.server)
note = rec.note


def digest(user, password):
    return user + ':' + base64.b64encode(hashlib.sha1((user + ':' + password).encode()).digest()).decode()


def S(name, op, **a):
    """One step; a client that lost its connection comes back to its session first."""
    c = rec.clients[name]
    if c.closed and op != 'connect':
        rec.connect(name, timeout=60000, session=c.session, passwd=c.passwd)
        if rec.clients[name].session == 0:
            rec.connect(name, timeout=60000)
    return rec.step(name, op, **a)


def A(op, **a):
    return S('A', op, **a)


def many(op, key, values, **a):
    for v in values:
        A(op, **{key: v}, **a)


def run(*parts):
    """Records the part the command line asks for."""
    next(p for p in parts if p.__name__ == args.part)()
    rec.save(args.out)
