"""record.py RELEASE GENERATOR.py OUT.json [generator arguments...] : records one trace.

Starts an empty standalone server on a free loopback port, lets the generator record a trace against it, ends it.
RELEASE (3.8.0, 3.9.4) goes into the trace and must be that of the jars. ZK_EXTRA: more JVM flags, noted in the trace.
ZK_KEEP_LOG: where a copy of the server's log goes.
"""
import os
import shutil
import subprocess
import sys
import tempfile

import server


def main(release, generator, out, *arguments):
    found = server.release()
    if found != release:
        sys.exit('this is %s, not %s' % (found, release))
    extra = os.environ.get('ZK_EXTRA')
    about = ('ZooKeeper %s, standalone, empty data dir, tickTime 500, session timeout 1000..600000, '
             'extendedTypesEnabled%s' % (release, ', ' + extra if extra else ''))
    with tempfile.TemporaryDirectory() as scratch:
        home = os.path.join(scratch, 'data')
        os.mkdir(home)
        one = server.Server(home, tick=500).start()
        try:
            if not one.wait_serving():
                sys.exit('the server does not serve\n' + one.log())
            script = os.path.join(os.path.dirname(os.path.abspath(__file__)), generator)
            return subprocess.run([sys.executable, script, str(one.port), out, '--server', about, *arguments],
                                  check=False).returncode
        finally:
            one.stop()
            if os.environ.get('ZK_KEEP_LOG'):
                shutil.copy(one.log_file, os.environ['ZK_KEEP_LOG'])


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
