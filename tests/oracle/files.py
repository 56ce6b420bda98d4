"""ZooKeeper's logs and snapshots taken apart, so that they can be damaged in chosen places.

It knows where things lie, not what they mean: a record of a log is its bytes, its place and its zxid, a snapshot is
its places. It does not judge: what a server makes of damaged bytes only a server can tell.
"""
import os
import struct
import zlib

LOG_HEADER = 16
RECORD_HEADER = 12
MAGIC_LOG, MAGIC_SNAPSHOT = b'ZKLG', b'ZKSN'


def number(name):
    """The zxid in a file name, -1 when there is none."""
    try:
        return int(name.split('.')[1], 16)
    except (IndexError, ValueError):
        return -1


def names(folder, kind):
    """The plain logs (`log`) or snapshots (`snapshot`) of a folder, oldest first."""
    found = [n for n in os.listdir(folder) if n.startswith(kind + '.') and n.count('.') == 1 and number(n) >= 0]
    return sorted(found, key=number)


class Record:
    """One record of a log: `at` is the place of its checksum, `end` the place behind its end byte."""

    def __init__(self, at, payload):
        self.at, self.payload, self.end = at, payload, at + RECORD_HEADER + len(payload) + 1
        self.session, self.cxid, self.zxid, self.time, self.type = struct.unpack('>qiqqi', payload[:32])

    def bytes(self):
        return record(self.payload)


def record(payload):
    """A payload as a record, with its right checksum."""
    return struct.pack('>qi', zlib.adler32(payload), len(payload)) + payload + b'\x42'


def with_zxid(payload, zxid):
    return payload[:12] + struct.pack('>q', zxid) + payload[20:]


def records(content):
    """The good records at the start of a log."""
    out, at = [], LOG_HEADER
    while at + RECORD_HEADER < len(content):
        length, = struct.unpack('>i', content[at + 8:at + 12])
        if length < 32 or at + RECORD_HEADER + length >= len(content):
            break
        found = Record(at, content[at + RECORD_HEADER:at + RECORD_HEADER + length])
        out.append(found)
        at = found.end
    return out


class Snapshot:
    """The places of a plain snapshot: `sessions`, `acls`, `nodes` (each (start, data, acl, stat, end)), `seals`."""

    def __init__(self, content):
        self.content, self.at = content, 16
        self.sessions = [self._skip(12) for _ in range(self._int())]
        self.acls = [self._acl() for _ in range(self._int())]
        self.nodes, self.seals = [], []
        while True:
            start = self.at
            if self._buffer() == b'/':
                break
            data = self.at
            self._buffer()
            acl = self._skip(8)
            stat = self._skip(60)
            self.nodes.append((start, data, acl, stat, self.at))
        self.tree_end = self.at
        self._seal()
        self.digest = self._section(20)
        self.last = self._section(8)

    def _section(self, length):
        if self.at >= len(self.content):
            return None
        start = self._skip(length)
        self._seal()
        return start

    def _seal(self):
        self.seals.append(self._skip(13))

    def _skip(self, length):
        self.at += length
        if self.at > len(self.content):
            raise IndexError('behind the end')
        return self.at - length

    def _int(self):
        return struct.unpack('>i', self.content[self._skip(4):self.at])[0]

    def _buffer(self):
        length = self._int()
        return None if length < 0 else self.content[self._skip(length):self.at]

    def _acl(self):
        start = self._skip(8)
        for _ in range(max(0, self._int())):
            self._skip(4)
            self._buffer()
            self._buffer()
        return start


def sealed(content, seals):
    """The content with every seal made right again; the places of the seals must be known and unmoved."""
    out = bytearray(content)
    for at in seals:
        out[at:at + 8] = struct.pack('>q', zlib.adler32(bytes(out[:at])))
    return bytes(out)
