#!/usr/bin/env python3
"""Check a data return without asking the provider: that every file is in it, as it was written.

    python3 verify_return.py PART-1.zip PART-2.zip … --keys published-keys.json

Needs Python 3.11 or newer, the package `cryptography`, and verify_audit.py beside it. It says yes (exit 0), or no and
where (exit 1); 2 is wrong usage. Without --keys it believes the keys in the return itself: compare the printed key ids
with published ones then. docs/data-return.md describes the format.
"""

import argparse
import json
import sys
from hashlib import sha256
from zipfile import BadZipFile, ZipFile

from verify_audit import Broken, load_keys, read_signed, require

FORMAT = "sekisho-data-return-1"
UNLISTED = {"manifest.json", "manifest.sig.json"}


def digest_of(archive, name):
    digest, size = sha256(), 0
    with archive.open(name) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def check(archives, trusted):
    last = next((archive for archive in archives if "manifest.json" in archive.namelist()), None)
    require(last is not None, "The last part is not there: no file holds the manifest.")
    signed = json.loads(last.read("manifest.sig.json"))
    keys = load_keys(signed["keys"], trusted)
    statement = read_signed(signed, keys, FORMAT)
    text = last.read("manifest.json")
    require(sha256(text).hexdigest() == statement["sha256"], "The manifest is not the one that was signed.")
    manifest = json.loads(text)
    require(manifest["parts"] == len(archives), f"There are {manifest['parts']} parts, and {len(archives)} were given.")
    where = {name: archive for archive in archives for name in archive.namelist() if not name.endswith("/")}
    broken = {one["path"] for one in manifest["unreadable"]}
    for entry in manifest["entries"]:
        require(entry["path"] in where, f"{entry['path']} is missing.")
        found = digest_of(where.pop(entry["path"]), entry["path"])
        require(found == (entry["size"], entry["sha256"]), f"{entry['path']} is not as it was written.")
    extra = sorted(where.keys() - broken - UNLISTED)
    require(not extra, f"{extra[0] if extra else ''} does not belong to it.")
    lines = [
        f"{manifest['company_code']} {manifest['company_name']}, as of {manifest['snapshot_at']}:",
        f"{len(manifest['entries'])} files are as they were written; {len(manifest['tables'])} tables.",
    ]
    lines += [f"Could not be read when it was written: {name}" for name in sorted(broken)]
    return lines, keys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", help="all parts of the data return (.zip)")
    parser.add_argument("--keys", help="the published keys: the output of `manage.py audit keys --json`")
    options = parser.parse_args()
    trusted = None
    if options.keys:
        with open(options.keys, encoding="utf-8") as file:
            trusted = json.load(file)
    try:
        lines, keys = check([ZipFile(path) for path in options.files], trusted)
    except Broken as broken:
        print(f"NO. {broken}")
        return 1
    except (BadZipFile, ValueError, KeyError, TypeError) as error:
        print(f"NO. A file is damaged or is no part of a data return ({type(error).__name__}).")
        return 1
    print("YES.", *lines, sep="\n")
    if trusted is None:
        print("The keys came with the files. Compare them with the published ones:", *keys, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
