"""Writes down what a server answers, step by step.

After every step every live connection is pinged, the acting one too, so that each watch event (and each connection
the server closed) stands with the step that caused it. Nothing here waits for a fixed time: the end of a session is
seen by the zxid the server needs for it.
"""
import base64
import json
import time

from wire import Silent, Strange, Wire

UNIMPLEMENTED, AUTHFAILED, CLOSE_SESSION = -6, -115, -11


def jsonable(x):
    if isinstance(x, bytes):
        return {'b64': base64.b64encode(x).decode()}
    if isinstance(x, dict):
        return {k: jsonable(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [jsonable(v) for v in x]
    return x


class Recorder:
    def __init__(self, port, server):
        self.port, self.server = port, server
        self.steps, self.clients = [], {}

    def note(self, section, text=''):
        self.steps.append({'section': section, 'text': text})

    def live(self):
        return [c for c in self.clients.values() if not c.closed]

    def _sweep(self, acting, goodbye=()):
        """Pings everyone: -> (events in order, names whose connection the server closed).

        The server ends the connections in `goodbye` a moment after its last reply on them: no ping slips in between.
        """
        events, closed = [], []
        if acting is not None:
            events += acting.events
            acting.events = []
        for c in list(self.clients.values()):
            if not c.closed:
                try:
                    if not (c.name in goodbye and c.wait_closed()):
                        c.ping()
                        continue
                except (EOFError, OSError):
                    pass
                finally:
                    events += [dict(e, after=True) if c is acting else e for e in c.events]
                    c.events = []
                c.drop()
                closed.append(c.name)
        return events, closed

    def _add(self, name, op, args, reply, acting=None, text=None, goodbye=()):
        events, closed = self._sweep(acting, goodbye)
        step = {'client': name, 'op': op, 'args': jsonable(args), 'reply': reply}
        if events:
            step['events'] = events
        if closed:
            step['closed'] = closed
        if text:
            step['text'] = text
        self.steps.append(step)
        return step

    def connect(self, name, text=None, **kw):
        """A new connection; an open one of the same name must have been dropped before."""
        assert name not in self.clients or self.clients[name].closed, name
        args = {k: v.hex() if k == 'passwd' else v for k, v in kw.items()}
        try:
            c = self.clients[name] = Wire(self.port, name, **kw)
        except ConnectionRefusedError:
            self.clients.pop(name, None)
            return self._add(name, 'connect', args, {'connection': 'refused'}, text=text)
        except (EOFError, OSError):
            self.clients.pop(name, None)
            return self._add(name, 'connect', args, {'connection': 'closed'}, text=text)
        reply = {'session': hex(c.session & (2**64 - 1)), 'timeout': c.timeout, 'passwd': c.passwd.hex()}
        return self._add(name, 'connect', args, reply, c, text, [name] if c.session == 0 else ())

    def step(self, _name, _op, text=None, **a):
        c = self.clients[_name]
        try:
            reply = c.call(_op, **a)
        except Silent:
            reply = {'connection': 'silent'}
        except Strange as e:
            reply = {'strange': e.args[0]}
        except (EOFError, OSError):
            reply = {'connection': 'closed'}
            c.drop()
        last = reply.get('err') in (UNIMPLEMENTED, AUTHFAILED) or _op == 'closeSession' or a.get('type') == CLOSE_SESSION
        return self._add(_name, _op, a, reply, c, text, [_name] if last else ())

    def drop(self, name, text=None):
        """The client's connection breaks; its session lives on."""
        self.clients[name].drop()
        return self._add(name, 'drop', {}, {}, text=text)

    def expire(self, name, text=None):
        """Nobody speaks for this session until the server ends it. All others keep pinging."""
        other = next(c for c in self.live() if c.name != name)
        before, end = other.ping(), time.monotonic() + 30
        while other.ping() == before:
            assert time.monotonic() < end, 'session does not expire'
            for c in self.live():
                if c.name != name:
                    c.ping()
            time.sleep(0.05)
        return self._add(name, 'expire', {}, {'zxid': other.ping()}, text=text, goodbye=[name])

    def save(self, out):
        with open(out, 'w', encoding='utf-8') as f:
            json.dump({'server': self.server, 'steps': self.steps}, f, ensure_ascii=False, separators=(',', ':'))
            f.write('\n')
        for c in self.live():
            c.drop()
        print(out, len(self.steps), 'steps')
