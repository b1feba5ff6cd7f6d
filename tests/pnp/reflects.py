"""A host that sends back whatever comes, to who sent it and to the group, as a faulty proxy or an attacker would.

Says "ready", asks the group for its URL with the message on its standard input, and counts what comes at each of its ports until
its input ends: "pnp N" for the port that asked, "check-sync N" for port 5060.
"""
import select
import socket
import sys

OWN, GROUP = sys.argv[1], ("224.0.1.75", 5060)


def listening(port):
    at = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    at.bind((OWN, port))
    at.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(OWN))
    return at


asks, asked = listening(5070), listening(5060)
counts = {asks: 0, asked: 0}
size = int(sys.stdin.buffer.readline())
asks.sendto(sys.stdin.buffer.read(size), GROUP)
print("ready", flush=True)
while True:
    readable, _, _ = select.select([asks, asked, sys.stdin], [], [])
    for at in (asks, asked):
        if at in readable:
            message, source = at.recvfrom(65535)
            counts[at] += 1
            for target in (source, GROUP):
                at.sendto(message, target)
    if sys.stdin in readable and not [at for at in (asks, asked) if at in readable]:
        break
print(f"pnp {counts[asks]}\ncheck-sync {counts[asked]}")
