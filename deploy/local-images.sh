#!/usr/bin/env bash
# Builds the images that a deployment otherwise pulls, from Debian packages alone: for an engine that reaches no registry.
# As root, with debootstrap and a Docker engine: deploy/local-images.sh
#
# Makes caseload-local/python, /postgres, /rabbitmq, /s3 and /valkey, each taking the settings of the public image in whose place it stands.
# The last is OpenStack Swift behind its own S3 API, since no distribution packages MinIO.
set -euo pipefail
cd "$(dirname "$0")"

suite=${SUITE:-trixie}

if [ -z "$(docker image ls -q caseload-local/python)" ]; then
    command -v debootstrap >/dev/null || { echo "debootstrap is needed (Debian, Ubuntu: apt-get install debootstrap)" >&2; exit 1; }
    root=$(mktemp -d)
    trap 'rm -rf --one-file-system "$root"' EXIT
    echo "caseload-local/python: $suite" >&2
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv "$suite" "$root" ${MIRROR:+"$MIRROR"} >&2
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
    tar -C "$root" -c . | docker import --change 'CMD ["python3"]' - caseload-local/python >/dev/null
fi
for server in postgres rabbitmq s3 valkey; do
    echo "caseload-local/$server" >&2
    docker build --quiet --tag "caseload-local/$server" "local/$server" >/dev/null
done
docker image ls --filter 'reference=caseload-local/*' --format '{{.Repository}}  {{.Size}}' >&2
