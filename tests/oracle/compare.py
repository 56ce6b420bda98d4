#!/usr/bin/env python3
"""compare.py A.json B.json : are two traces equal, apart from what may differ from run to run?

Times become `time`, session ids and passwords become the number of their first appearance. Exit 0: equal.
  --print   writes the first trace in this neutral form, one step a line, instead of comparing
"""
import json
import sys

TIMES = {'ctime', 'mtime'}


def neutral(trace):
    ids = {}

    def session(v):
        v = int(v, 16) if isinstance(v, str) else v
        return v if v in (0, None) or not looks_like_session(v) else 'session-%d' % ids.setdefault(v, len(ids))

    def looks_like_session(v):
        return v >> 56 == 1

    def walk(x):
        if isinstance(x, dict):
            return {k: value(k, v) for k, v in x.items()}
        if isinstance(x, list):
            return [walk(v) for v in x]
        return x

    def value(k, v):
        if k in TIMES and v:
            return 'time'
        if k in ('session', 'ephemeralOwner'):
            return session(v)
        if k == 'passwd':
            return v if set(v) <= set('0') or v in FIXED else 'passwd'
        return walk(v)

    return [json.dumps(walk(s), ensure_ascii=False, sort_keys=False) for s in trace['steps']]


FIXED = {'78' * 16, 'ff' * 16, '00' * 4, ''}


def main():
    paths = [a for a in sys.argv[1:] if not a.startswith('--')]
    traces = [neutral(json.load(open(p, encoding='utf-8'))) for p in paths]
    if '--print' in sys.argv:
        print('\n'.join(traces[0]))
        return 0
    a, b = traces
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            print('step %d differs\n- %s\n+ %s' % (i, x, y))
            return 1
    if len(a) != len(b):
        print('lengths differ:', len(a), len(b))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
