import subprocess
import sys

import pytest

PRINT = "sys.stdout.write('x' * 100 + chr(10)); sys.stdout.flush()"
RICH = "PipedConsole().print('x' * 100)"


@pytest.mark.parametrize("line", [PRINT, RICH])
def test_a_closed_pipe_is_a_normal_end(line: str) -> None:
    code = f"import sys\nfrom router.cli.pipes import PipedConsole, quiet_end\nwith quiet_end():\n  while True: {line}"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 0
