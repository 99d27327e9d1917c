"""How fast a queue's event reaches the desktops that watch, and what hundreds of them cost a gateway.

    .venv/bin/python -m bench.streams --quick

Everything is on 127.0.0.1: a broker and a gateway of its own in a temporary folder, and the clients.
"""
