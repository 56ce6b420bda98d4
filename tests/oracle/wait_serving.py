"""wait_serving.py PORT RELEASE : returns when the server on PORT serves and says it is RELEASE."""
import socket
import sys
import time

port, release = int(sys.argv[1]), sys.argv[2]
for _ in range(200):
    answer = b''
    try:
        with socket.create_connection(('127.0.0.1', port), 2) as s:
            s.sendall(b'srvr')
            while d := s.recv(65536):
                answer += d
    except OSError:
        pass
    if b'Mode:' in answer:
        version = answer.split(b'version: ')[1].split(b'-')[0].decode()
        sys.exit(0 if version == release else 'this is ' + version + ', not ' + release)
    time.sleep(0.1)
sys.exit('the server does not serve')
