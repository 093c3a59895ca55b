#!/bin/bash
# Installs the Debian packages of the servers and programs that the tests drive, where it may: as root, or with a sudo
# that asks for no password. Where it may not, it names what is missing and goes on: those tests are then reported as
# not run, and with CI=true they fail. It never starts a service; every test starts a server of its own.
set -euo pipefail

# What tests ask for with need(PROGRAM, PACKAGE); a house test holds this list to theirs.
packages=(
    chromium
    dovecot-imapd
    postfix
    postgresql
    swaks
    systemd
)

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $status == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID == 0)); then
    root=()
elif sudo --non-interactive true 2>/dev/null; then
    root=(sudo --non-interactive)
else
    root=(false)
fi
if ! command -v apt-get >/dev/null || [[ ${root[*]} == false ]]; then
    echo "Some tests will not run. For all of them: apt-get install ${missing[*]}"
    exit 0
fi

# Debian starts a service as soon as it is installed, unless this file says that it must not.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
    trap '"${root[@]}" rm -f "$policy"' EXIT
fi

echo "installing ${missing[*]}"
"${root[@]}" debconf-set-selections <<<'postfix postfix/main_mailer_type select No configuration' || true
log=$(mktemp)
quietly() {
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 "$@" </dev/null >"$log" 2>&1
}
if ! { quietly update && quietly install --yes --no-install-recommends "${missing[@]}"; }; then
    tail -n 20 "$log"
    echo "Some tests will not run. For all of them: apt-get install ${missing[*]}"
fi
rm -f "$log"
