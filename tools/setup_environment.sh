#!/bin/sh
# Finds Python 3.13 under the names it goes by and hands over; says how to get it when there is none.
here=$(dirname "$0")
for name in "$here/../.venv/bin/python" python3.13 python3 python; do
  if "$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
    exec "$name" "$here/setup_environment.py" "$@"
  fi
done
cat >&2 <<'END'
Python 3.13 is missing: neither python3.13 nor python3 nor python is it.
Get it in one of these ways, then run the same command again:
  Debian, Ubuntu   sudo apt install python3.13 python3.13-venv
  Fedora           sudo dnf install python3.13
  macOS            brew install python@3.13
  pyenv            pyenv install 3.13
  anything else    https://www.python.org/downloads/
END
exit 1
