"""Runs a command in a pseudo-terminal. Its output goes to stdout; orders come from stdin, a JSON list a line:
["size", rows, columns] resizes the terminal, ["key", text] types. A resize is marked in the output."""
import fcntl, json, os, pty, select, struct, sys, termios

rows, columns, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]


def resize(descriptor, rows, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


child, terminal = pty.fork()
if child == 0:
    resize(0, rows, columns)
    os.execvp(command[0], command)

waiting = b""
sources = [terminal, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if terminal in ready:
        try:
            output = os.read(terminal, 65536)
        except OSError:
            output = b""
        if not output:
            break
        os.write(1, output)
    if 0 in ready:
        orders = os.read(0, 65536)
        if not orders:
            sources.remove(0)
        waiting += orders
        while b"\n" in waiting:
            line, waiting = waiting.split(b"\n", 1)
            name, *values = json.loads(line)
            if name == "size":
                os.write(1, b"\x1b]size;%d;%d\x07" % tuple(values))
                resize(terminal, *values)
            else:
                os.write(terminal, values[0].encode())
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
