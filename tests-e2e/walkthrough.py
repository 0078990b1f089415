"""A document's shell blocks, pasted one after the other as they are written."""

import re
import subprocess


def shell_blocks(text):
    return re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def paste(blocks, gateway_url, folder):
    """What each block printed, by its number."""
    # Each block announces itself, so that what it said can be told from what the others said.
    script = "\n".join(f"echo '@@{number}'\n{block}" for number, block in enumerate(blocks))
    shell = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "CASELOAD": gateway_url, "LC_ALL": "C.UTF-8"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert shell.returncode == 0, shell.stderr[-2000:] + shell.stdout[-2000:]
    return {int(number): said for number, said in re.findall(r"^@@(\d+)\n(.*?)(?=^@@|\Z)", shell.stdout, re.MULTILINE | re.DOTALL)}
