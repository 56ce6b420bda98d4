"""Random damage to a directory, as a list of simple operations that anybody can repeat.

An operation is {op, …}: `rename` from to, `delete` file, `create` file (length, hex) or `folder`, `resize` file length
(zeros when longer), `write` file offset hex. They are done in their order, in the directory of the snapshots; in that of
the logs, when it lies apart, with `in: txn`. What is drawn here aims at the places that
matter: headers, lengths, checksums, end bytes, padding, names, the sections and seals of a snapshot; and at whole
records with right checksums in a wrong place.
"""
import os
import random
import shutil
import struct
import zlib

import files

ODD_NAMES = ['snapshot.5.tmp', 'log.5.bak', 'log.zz', 'log.', 'snapshot.', 'snapshot', 'log', 'log.A', 'LOG.5',
             'snapshot.-1', 'log.-1', 'snapshot.ffffffffffffffff', 'log.7fffffffffffffff', 'snapshot.8000000000000000',
             'snapshot.99.gz', 'snapshot.99.snappy', 'snapshot.zz.gz', 'log.99.gz', 'snapshot.0x5', 'log.+5',
             'snapshot.99.', 'log.5 ', 'snapshot.99.gz.bak', 'snapshot..5', 'log.1.2.3', 'logs.5', 'snapshots.5',
             'log.00000000000000000099', 'snapshot.0000000000000000000099', '.snapshot.5', 'log5', 'a log.5',
             'acceptedEpoch', 'currentEpoch', 'currentEpoch.tmp', 'updatingEpoch']


def apply(folders, operations):
    """Does the operations; `folders` are the version-2 directories by name, `data` and `txn`."""
    for o in operations:
        folder = folders[o.get('in', 'data')]
        path = os.path.join(folder, o.get('file') or o.get('from') or o.get('folder'))
        if o['op'] == 'rename':
            os.rename(path, os.path.join(folder, o['to']))
        elif o['op'] == 'delete':
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        elif o['op'] == 'create' and 'folder' in o:
            os.mkdir(path)
        elif o['op'] == 'create':
            with open(path, 'wb') as f:
                f.write(bytes.fromhex(o.get('hex', '')))
                f.truncate(o['length'])
        elif o['op'] == 'resize':
            os.truncate(path, o['length'])
        elif o['op'] == 'write':
            with open(path, 'r+b') as f:
                f.seek(o['offset'])
                f.write(bytes.fromhex(o['hex']))
        else:
            raise ValueError(o['op'])


def differing(old, new):
    """The runs of bytes in which two contents of the same length differ; runs close together are one."""
    places = [i for i, (a, b) in enumerate(zip(old, new)) if a != b]
    runs = []
    for i in places:
        if runs and i - runs[-1][1] <= 16:
            runs[-1][1] = i + 1
        else:
            runs.append([i, i + 1])
    return [(start, new[start:end]) for start, end in runs]


class Damage:
    """Draws damage for one of the folders; `done` are the operations, `words` say what was meant."""

    def __init__(self, folders, name, seed, other=None):
        self.folders, self.name, self.folder, self.other = folders, name, folders[name], other
        self.dice = random.Random('damage %s' % seed)
        self.done, self.words = [], []

    def one(self):
        """Draws until something was broken."""
        while True:
            before = len(self.done)
            way = self.dice.choices([w for w, _ in WAYS], [n for _, n in WAYS])[0]
            word = way(self)
            if len(self.done) > before:
                self.words.append(way.__name__.strip('_') + (': ' + word if word else ''))
                return

    def do(self, **operation):
        if self.name != 'data':
            operation['in'] = self.name
        apply(self.folders, [operation])
        self.done.append(operation)

    def read(self, name):
        with open(os.path.join(self.folder, name), 'rb') as f:
            return f.read()

    def rewrite(self, name, content):
        """Makes a file this content, with as few bytes in the operations as is easy."""
        old = self.read(name) if os.path.exists(os.path.join(self.folder, name)) else None
        body = content.rstrip(b'\0')
        if old is None:
            self.do(op='create', file=name, length=len(content), hex=body.hex())
            return
        if len(old) == len(content):
            for at, piece in differing(old, content):
                self.do(op='write', file=name, offset=at, hex=piece.hex())
            return
        same = next((i for i, (a, b) in enumerate(zip(old, content)) if a != b), min(len(old), len(content)))
        if len(old.rstrip(b'\0')) > same:
            self.do(op='resize', file=name, length=same)
        if len(content) != same:
            self.do(op='resize', file=name, length=len(content))
        if len(body) > same:
            self.do(op='write', file=name, offset=same, hex=body[same:].hex())

    def plain(self, kind):
        return [n for n in files.names(self.folder, kind) if os.path.isfile(os.path.join(self.folder, n))]

    def pick(self, kind):
        """A file, the newest three times out of five."""
        found = self.plain(kind)
        if not found:
            return None
        return found[-1] if self.dice.random() < 0.6 else self.dice.choice(found)

    def any(self):
        found = [n for n in sorted(os.listdir(self.folder)) if os.path.isfile(os.path.join(self.folder, n))]
        return self.dice.choice(found) if found else None

    def log(self):
        """A log with records: its name, content, records."""
        name = self.pick('log')
        if name is None:
            return None, b'', []
        content = self.read(name)
        try:
            return name, content, files.records(content)
        except struct.error:
            return None, b'', []

    def record(self, found):
        """Which record: the last, the first or any."""
        return self.dice.choice([len(found) - 1, len(found) - 1, 0, self.dice.randrange(len(found))])

    def snapshot(self):
        name = self.pick('snapshot')
        if name is None:
            return None, None
        try:
            return name, files.Snapshot(self.read(name))
        except (struct.error, IndexError):
            return None, None


def _cut(d):
    name = d.any()
    if name:
        length = len(d.read(name))
        d.do(op='resize', file=name, length=d.dice.choice([0, d.dice.randint(0, 16), d.dice.randint(0, length)]))
    return name


def _cut_record(d):
    name, content, found = d.log()
    if found:
        r = found[d.record(found)]
        at = d.dice.choice([r.at, r.at + d.dice.randint(0, 12), d.dice.randint(r.at, r.end), r.end - 1, r.end])
        d.do(op='resize', file=name, length=at)
        if d.dice.random() < 0.5:
            d.do(op='resize', file=name, length=len(content))
    return name


def _extend(d):
    name = d.any()
    if name:
        content = d.read(name)
        more = d.dice.choice([1, 4, 8, 12, 13, 4096])
        d.do(op='resize', file=name, length=len(content) + more)
        if d.dice.random() < 0.5:
            d.do(op='write', file=name, offset=len(content), hex=d.dice.randbytes(min(more, 20)).hex())
    return name


def _record_field(d):
    name, content, found = d.log()
    if not found:
        return None
    r = found[d.record(found)]
    field = d.dice.choice(['crc', 'length', 'length value', 'payload', 'payload', 'end byte', 'no crc, no length'])
    value = {
        'crc': lambda: (r.at + d.dice.randint(0, 7), d.dice.randbytes(1)),
        'length': lambda: (r.at + 8 + d.dice.randint(0, 3), d.dice.randbytes(1)),
        'length value': lambda: (r.at + 8, struct.pack('>i', d.dice.choice(
            [-1, -2, 0, 1, 31, len(r.payload) - 1, len(r.payload) + 1, 0x7fffffff, -0x80000000, 1 << 20, 2 << 20,
             (2 << 20) - 2, (2 << 20) - 1, len(content)]))),
        'payload': lambda: (r.at + 12 + d.dice.randrange(len(r.payload)), d.dice.randbytes(1)),
        'end byte': lambda: (r.end - 1, bytes([d.dice.choice([0, 0x42 ^ 1, 0xff])])),
        'no crc, no length': lambda: (r.at, bytes(12)),
    }[field]
    at, value = value()
    d.do(op='write', file=name, offset=at, hex=value.hex())
    return '%s of %x in %s' % (field, r.zxid, name)


def _payload_sealed(d):
    """A changed payload under a right checksum."""
    name, _, found = d.log()
    if not found:
        return None
    r = found[d.record(found)]
    payload = bytearray(r.payload)
    way = d.dice.choice(['bit', 'byte', 'type', 'zxid', 'int', 'short', 'long', 'no digest', 'digest version'])
    if way == 'type':
        payload[28:32] = struct.pack('>i', d.dice.choice(
            [0, 3, 4, 6, 8, 9, 11, 12, 13, 13, 17, 18, 22, 100, -2, -12, 1, 2, 5, 7, 14, 15, 16, 19, 20, 21, -1, -10, -11]))
    elif way == 'zxid':
        payload[12:20] = struct.pack('>q', d.dice.choice(
            [0, -1, r.zxid - 1, r.zxid + 1, r.zxid + (1 << 32), (r.zxid | 0xffffffff), 1 << 63 - 1, r.zxid - 5, 1]))
    elif way == 'int' and len(payload) > 40:
        at = d.dice.randrange(32, len(payload) - 4)
        payload[at:at + 4] = struct.pack('>i', d.dice.choice([-1, -2, 0, 1, 0x7fffffff, 2 << 20, 1000]))
    elif way == 'short':
        del payload[-d.dice.choice([1, 4, 8, 12, 13, 16, min(24, len(payload) - 1)]):]
    elif way == 'no digest':
        del payload[-12:]
    elif way == 'long':
        payload += d.dice.randbytes(d.dice.choice([1, 4, 11, 12, 13, 100]))
    elif way == 'digest version' and len(payload) > 44:
        payload[-12:-8] = struct.pack('>i', d.dice.choice([0, 1, 3, -1]))
    else:
        payload[d.dice.randrange(len(payload))] ^= 1 << d.dice.randrange(8) if way == 'bit' else 0xff
    _replace(d, name, found, [files.record(bytes(payload)) if x is r else x.bytes() for x in found])
    return '%s of %x in %s' % (way, r.zxid, name)


def _replace(d, name, found, parts):
    content = d.read(name)
    body = content[:files.LOG_HEADER] + b''.join(parts)
    rest = content[found[-1].end:]
    if len(rest.rstrip(b'\0')) == 0:
        rest = bytes(max(0, len(content) - len(body)))
    d.rewrite(name, body + rest)


def _reorder(d):
    name, _, found = d.log()
    if len(found) < 2:
        return None
    parts = [r.bytes() for r in found]
    i, j = d.dice.randrange(len(parts)), d.dice.randrange(len(parts))
    way = d.dice.choice(['drop', 'drop the first', 'twice', 'twice at the end', 'swap', 'reverse', 'move', 'renumber'])
    if way == 'drop':
        del parts[i]
    elif way == 'drop the first':
        del parts[0]
    elif way == 'twice':
        parts.insert(i, parts[i])
    elif way == 'twice at the end':
        parts.append(parts[i])
    elif way == 'swap':
        parts[i], parts[j] = parts[j], parts[i]
    elif way == 'reverse':
        parts[i:] = parts[i:][::-1]
    elif way == 'move':
        parts.insert(j, parts.pop(i))
    else:
        step = d.dice.choice([1, -1, 1 << 32, 100])
        parts[i:] = [files.record(files.with_zxid(r.payload, r.zxid + step)) for r in found[i:]]
    _replace(d, name, found, parts)
    return '%s, %d %d of %d in %s' % (way, i, j, len(found), name)


def _splice(d):
    """Records of another log, of this server or of another one."""
    name, _, found = d.log()
    where = d.other if d.other and d.dice.random() < 0.4 else d.folder
    logs = [n for n in files.names(where, 'log') if os.path.isfile(os.path.join(where, n))]
    if not found or not logs:
        return None
    with open(os.path.join(where, d.dice.choice(logs)), 'rb') as f:
        guests = files.records(f.read())
    if not guests:
        return None
    i = d.dice.randrange(len(guests))
    guests = [g.bytes() for g in guests[i:i + d.dice.randint(1, 3)]]
    parts = [r.bytes() for r in found]
    at = d.dice.choice([len(parts), d.dice.randint(0, len(parts))])
    _replace(d, name, found, parts[:at] + guests + parts[at:])
    return '%d into %s' % (len(guests), name)


def _log_header(d):
    name = d.pick('log')
    if name:
        at, value = d.dice.choice([(0, b'X'), (3, b'\0'), (4, b'\0\0\0\3'), (4, b'\0\0\0\0'), (8, b'\0' * 7 + b'\1'),
                                   (0, bytes(16)), (0, b'ZKSN')])
        d.do(op='write', file=name, offset=at, hex=value.hex())
        if d.dice.random() < 0.2:
            d.do(op='resize', file=name, length=d.dice.choice([1, 4, 8, 15, 16, 17]))
    return name


def _padding(d):
    name, content, found = d.log()
    if found and found[-1].end < len(content):
        at = d.dice.choice([found[-1].end, found[-1].end + d.dice.randint(0, 20), len(content) - 1,
                            d.dice.randrange(found[-1].end, len(content))])
        value = d.dice.choice([b'\1', b'\xff', b'\x42', d.dice.randbytes(d.dice.randint(1, 30))])
        d.do(op='write', file=name, offset=at, hex=value[:max(1, len(content) - at)].hex())
    return name


def _flip(d):
    name = d.any()
    content = d.read(name) if name else b''
    if content:
        size = len(content.rstrip(b'\0')) or 1
        at = d.dice.randrange(size)
        d.do(op='write', file=name, offset=at, hex=bytes([content[at] ^ 1 << d.dice.randrange(8)]).hex())
    return name


def _zero(d):
    name = d.any()
    content = d.read(name) if name else b''
    if content:
        size = len(content.rstrip(b'\0')) or 1
        at = d.dice.randrange(size)
        d.do(op='write', file=name, offset=at, hex=bytes(min(d.dice.choice([1, 4, 13, 100, 512]), len(content) - at)).hex())
    return name


def _snapshot_place(d):
    """A byte in a chosen place of a snapshot; the seals stay as they were or are made right again."""
    name, s = d.snapshot()
    if s is None:
        return None
    node = d.dice.choice(s.nodes)
    places = [('magic', 0), ('version', 7), ('dbid', 15), ('sessions', 19), ('path length', node[0] + 3),
              ('path', node[0] + 4), ('data length', node[1] + 3), ('acl', node[2] + 7),
              ('stat', node[3] + d.dice.randrange(60)), ('end', s.tree_end - 1), ('end', s.tree_end - 5),
              ('seal', s.seals[0] + 7), ('seal end', s.seals[0] + 12)]
    for acl in s.acls[:1]:
        places += [('acl id', acl + 7), ('acl count', acl + 11)]
    if s.digest is not None:
        places += [('digest zxid', s.digest + 7), ('digest version', s.digest + 11), ('digest', s.digest + 19),
                   ('second seal', s.seals[1] + 7)]
    if s.last is not None:
        places += [('last zxid', s.last + 7), ('third seal', s.seals[-1] + 7)]
    word, at = d.dice.choice(places)
    content = bytearray(s.content)
    content[at] = d.dice.choice([content[at] ^ 1, content[at] ^ 0x80, 0, 0xff])
    new, whole = bytes(content), d.dice.random() < 0.6
    if whole:
        new = files.sealed(new, s.seals)
    if new != s.content:
        d.rewrite(name, new)
    return '%s of %s%s' % (word, name, ', sealed again' if whole else '')


def _snapshot_sections(d):
    name, s = d.snapshot()
    if s is None:
        return None
    content, way = s.content, d.dice.choice(['tree only', 'no last', 'no first seal', 'half a section', 'tail kept',
                                             'last added', 'more at the end', 'digest zxid'])
    if way == 'tree only':
        new = content[:s.seals[0] + 13]
    elif way == 'no last':
        new = content[:s.seals[min(1, len(s.seals) - 1)] + 13]
    elif way == 'no first seal':
        new = content[:s.tree_end]
    elif way == 'half a section':
        new = content[:s.seals[0] + 13 + d.dice.randint(1, 32)]
    elif way == 'tail kept':
        new = content[:d.dice.randrange(len(content))] + b'\0\0\0\1/'
    elif way == 'last added':
        new = content + struct.pack('>q', d.dice.choice([0, 5, 1 << 40]))
        new += struct.pack('>qi', zlib.adler32(new), 1) + b'/'
    elif way == 'digest zxid' and s.digest is not None:
        new = bytearray(content)
        zxid, = struct.unpack('>q', content[s.digest:s.digest + 8])
        new[s.digest:s.digest + 8] = struct.pack('>q', d.dice.choice([0, zxid + 1, zxid - 1, zxid + 100, -1, zxid + 3]))
        new = files.sealed(bytes(new), s.seals)
    else:
        new = content + d.dice.choice([b'\0', b'\0\0\0\1/', content[-13:], b'\0' * 100 + b'\0\0\0\1/'])
    if new != content:
        d.rewrite(name, new)
    return '%s: %s' % (way, name)


def _files(d):
    name = d.any()
    if name is None:
        return None
    way = d.dice.choice(['delete', 'delete', 'delete', 'rename', 'rename', 'swap', 'copy', 'empty one'])
    others = [n for n in sorted(os.listdir(d.folder)) if n != name]
    kind = name.split('.')[0]
    fresh = '%s.%x' % (kind, d.dice.choice([0, 1, 3, max(0, files.number(name)) + d.dice.choice([-1, 1, 5, 1000]),
                                            d.dice.randint(0, 300), 1 << 32, (1 << 32) + 1]) & (1 << 63) - 1)
    if way == 'delete':
        d.do(op='delete', file=name)
    elif way == 'rename' and fresh not in others:
        d.do(op='rename', **{'from': name, 'to': fresh})
    elif way == 'swap' and others:
        other = d.dice.choice(others)
        for a, b in ((name, 'swap'), (other, name), ('swap', other)):
            d.do(op='rename', **{'from': a, 'to': b})
    elif way == 'copy' and not os.path.exists(os.path.join(d.folder, fresh)):
        d.rewrite(fresh, d.read(name))
    elif way == 'empty one' and not os.path.exists(os.path.join(d.folder, fresh)):
        d.do(op='create', file=fresh, length=d.dice.choice([0, 0, 1, 16, 65552]))
    return '%s %s' % (way, name)


def _many_files(d):
    way = d.dice.choice(['only the oldest snapshot', 'no snapshots', 'no logs', 'nothing', 'no old logs', 'unfinished'])
    snapshots, logs = d.plain('snapshot'), d.plain('log')
    gone = {'only the oldest snapshot': snapshots[1:], 'no snapshots': snapshots, 'no logs': logs,
            'nothing': sorted(n for n in os.listdir(d.folder)), 'no old logs': logs[:-1], 'unfinished': []}[way]
    for name in gone:
        d.do(op='delete', file=name)
    if way == 'unfinished':
        for name in snapshots[d.dice.choice([0, -1]):]:
            size = len(d.read(name))
            d.do(op='resize', file=name, length=d.dice.choice([0, 4, 9, size // 2, max(0, size - 1)]))
    return way


def _odd_name(d):
    name = d.dice.choice(ODD_NAMES)
    if os.path.exists(os.path.join(d.folder, name)):
        return None
    way = d.dice.choice(['empty', 'folder', 'copy', 'copy', 'zeros', 'text'])
    if way == 'folder':
        d.do(op='create', folder=name)
    elif way == 'copy':
        source = d.pick('log' if 'log' in name.lower() else 'snapshot')
        if source:
            d.rewrite(name, d.read(source))
    else:
        text = {'empty': b'', 'zeros': bytes(20), 'text': d.dice.choice([b'7', b'-1', b'x', b''])}[way]
        d.do(op='create', file=name, length=len(text), hex=text.hex())
    return '%s %s' % (way, name)


def _folder(d):
    """A folder where a file is expected."""
    name = '%s.%x' % (d.dice.choice(['log', 'snapshot']), d.dice.choice([0, 2, 7, 0x33, 1 << 33, d.dice.randint(0, 400)]))
    if not os.path.exists(os.path.join(d.folder, name)):
        d.do(op='create', folder=name)
    return name


def _stranger(d):
    """A file of another server under its own name."""
    if not d.other:
        return None
    found = [n for n in sorted(os.listdir(d.other)) if os.path.isfile(os.path.join(d.other, n))]
    name = d.dice.choice(found) if found else None
    if name:
        with open(os.path.join(d.other, name), 'rb') as f:
            content = f.read()
        if len(content.rstrip(b'\0')) < 40000:
            d.rewrite(name, content)
    return name


WAYS = [(_cut, 3), (_cut_record, 6), (_extend, 2), (_record_field, 10), (_payload_sealed, 10), (_reorder, 7), (_splice, 4),
        (_log_header, 3), (_padding, 4), (_flip, 4), (_zero, 2), (_snapshot_place, 10), (_snapshot_sections, 6),
        (_files, 10), (_many_files, 5), (_odd_name, 5), (_folder, 2), (_stranger, 2)]
