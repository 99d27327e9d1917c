"""What twenty mails of 30 MB at once cost: the gateway's memory, and text messages beside them.

    .venv/bin/python -m bench.mails

Load goes to 127.0.0.1 only, to a `router up` of its own in a temporary folder.
"""
