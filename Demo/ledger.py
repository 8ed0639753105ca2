"""What anybody can check of the log without trusting the daemon: RFC 6962 trees, C2SP signed notes, Ed25519.

Nothing here shares code with the daemon.
"""

import base64
import hashlib

# --- The Merkle tree, RFC 6962 section 2.1


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(hashes):
    """The tree head over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    stack = []  # (height, hash) of complete subtrees, heights falling
    for hash_ in hashes:
        height = 0
        while stack and stack[-1][0] == height:
            hash_ = node_hash(stack.pop()[1], hash_)
            height += 1
        stack.append((height, hash_))
    result = stack.pop()[1]
    while stack:
        result = node_hash(stack.pop()[1], result)
    return result


def root_from_inclusion(index, size, leaf, proof):
    """RFC 9162 section 2.1.3.2: the root that a proof leads to; None if the proof has a wrong length."""
    if not 0 <= index < size:
        return None
    place, last, result = index, size - 1, leaf_hash(leaf)
    for step in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            result = node_hash(step, result)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            result = node_hash(result, step)
        place, last = place >> 1, last >> 1
    return result if last == 0 else None


def consistent(old, old_root, new, new_root, proof):
    """RFC 9162 section 2.1.4.2: whether a proof shows that the newer tree extends the older one."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = ([old_root] if old & (old - 1) == 0 else []) + list(proof)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


# --- Ed25519, RFC 8032 section 5.1.7: verification only, nothing secret

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def _point(data):
    y = int.from_bytes(data, "little")
    x = _x(y & (1 << 255) - 1, y >> 255)
    return None if x is None else (x, y & (1 << 255) - 1, 1, x * (y & (1 << 255) - 1) % P)


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point, scalar = _add(point, point), scalar >> 1
    return result


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verifies(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = _times(s, BASE), _add(r, _times(k, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# --- Notes and proofs: C2SP signed-note, tlog-checkpoint, tlog-proof


class Invalid(Exception):
    """Something does not verify; the text says what."""


def open_checkpoint(note, verifier_key):
    """(size, root) of a signed checkpoint."""
    name, key_id, key = verifier_key.split("+", 2)
    key = base64.b64decode(key, validate=True)
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id or key[:1] != b"\1":
        raise Invalid("the verifier key does not fit its own id")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if (dash, signer, blob[:4].hex()) == ("—", name, key_id):
            if not ed25519_verifies(key[1:], text.encode(), blob[4:]):
                raise Invalid("the checkpoint's signature is wrong")
            break
    else:
        raise Invalid("the checkpoint is not signed by this key")
    origin, size, root_, *rest = text.splitlines()
    if origin != name or rest or str(int(size)) != size:
        raise Invalid("the checkpoint's text is not one")
    return int(size), base64.b64decode(root_, validate=True)


def check_portable_proof(text, leaf, verifier_key):
    """(index, size) that a `c2sp.org/tlog-proof@v1` proves for a record."""
    head, _, note = text.partition("\n\n")
    first, index, *hashes = head.split("\n")
    word, _, number = index.partition(" ")
    if first != "c2sp.org/tlog-proof@v1" or word != "index" or not number.isdigit():
        raise Invalid("not a portable proof")
    size, signed = open_checkpoint(note, verifier_key)
    proof = [base64.b64decode(line, validate=True) for line in hashes]
    if root_from_inclusion(int(number), size, leaf, proof) != signed:
        raise Invalid("the proof does not lead to the signed tree head")
    return int(number), size
