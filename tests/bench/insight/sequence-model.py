# SPDX-License-Identifier: GPL-3.0-or-later
"""A sequence model (GRU) beside Terrace's forecast of reads, on the very same rows.

    bench-forecast HISTORY.csv SIZE_SCALE DIRECTORY
    sequence-model.py DIRECTORY/reads.csv

Needs numpy alone. A gated recurrent unit reads an object's last 52 weekly counts and gives three
numbers: the 10 %, 50 % and 90 % quantile of log (1 + reads) in the next 30 days, trained with the
pinball loss by Adam. Its intervals are widened until they hold on the last fifth of the rows to
learn from, like Terrace's.
"""
import sys
import time

import numpy as np

QUANTILES = np.array([0.1, 0.5, 0.9], dtype=np.float32)
HIDDEN = 24
EPOCHS = 6
BATCH = 256
MAX_ROWS = 40000


def load(path):
    rows = np.loadtxt(path, delimiter=',', dtype=np.float32)
    weeks = rows[:, 5:]
    exists = (weeks >= 0).astype(np.float32)
    x = np.stack([np.log1p(np.maximum(weeks, 0)), exists], axis=2)
    return rows[:, 0] > 0, np.log1p(rows[:, 1]), np.log1p(rows[:, 2:5]), x


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Gru:
    def __init__(self, rng):
        n = HIDDEN
        scale = 1 / np.sqrt(n)
        self.p = {
            'w': rng.uniform(-scale, scale, (2, 3 * n)),
            'u': rng.uniform(-scale, scale, (n, 3 * n)),
            'b': np.zeros(3 * n),
            'v': rng.uniform(-scale, scale, (n, 3)),
            'c': np.zeros(3),
        }
        self.p = {k: v.astype(np.float32) for k, v in self.p.items()}
        self.m = {k: np.zeros_like(v) for k, v in self.p.items()}
        self.s = {k: np.zeros_like(v) for k, v in self.p.items()}
        self.t = 0

    def forward(self, x, keep=False):
        p, n = self.p, HIDDEN
        h = np.zeros((len(x), n), dtype=np.float32)
        steps = []
        for t in range(x.shape[1]):
            a = x[:, t] @ p['w'] + p['b']
            g = h @ p['u']
            z = sigmoid(a[:, :n] + g[:, :n])
            r = sigmoid(a[:, n:2 * n] + g[:, n:2 * n])
            c = np.tanh(a[:, 2 * n:] + r * g[:, 2 * n:])
            if keep:
                steps.append((h, z, r, c, g[:, 2 * n:]))
            h = (1 - z) * h + z * c
        return h @ p['v'] + p['c'], h, steps

    def train(self, x, y, rate):
        p, n = self.p, HIDDEN
        out, h, steps = self.forward(x, keep=True)
        d = np.where(y[:, None] > out, -QUANTILES, 1 - QUANTILES).astype(np.float32) / len(x)
        g = {k: np.zeros_like(v) for k, v in p.items()}
        g['v'], g['c'] = h.T @ d, d.sum(0)
        dh = d @ p['v'].T
        for t in range(x.shape[1] - 1, -1, -1):
            before, z, r, c, gc = steps[t]
            dz, dc = dh * (c - before) * z * (1 - z), dh * z * (1 - c * c)
            dr = dc * gc * r * (1 - r)
            da = np.concatenate([dz, dr, dc], axis=1)
            dg = np.concatenate([dz, dr, dc * r], axis=1)
            g['w'] += x[:, t].T @ da
            g['b'] += da.sum(0)
            g['u'] += before.T @ dg
            dh = dh * (1 - z) + dg @ p['u'].T
        self.t += 1
        for k in p:
            gradient = np.clip(g[k], -1, 1)
            self.m[k] = 0.9 * self.m[k] + 0.1 * gradient
            self.s[k] = 0.999 * self.s[k] + 0.001 * gradient ** 2
            m, s = self.m[k] / (1 - 0.9 ** self.t), self.s[k] / (1 - 0.999 ** self.t)
            p[k] -= rate * m / (np.sqrt(s) + 1e-8)

    def predict(self, x):
        return np.concatenate([self.forward(x[i:i + 4096])[0] for i in range(0, len(x), 4096)])


def judge(name, low, middle, high, y):
    def pinball(q, said):
        return np.mean(np.where(y >= said, q * (y - said), (1 - q) * (said - y)))
    reads = np.expm1(y)
    held = (reads > np.expm1(low) - 0.5) & (reads < np.expm1(high) + 0.5)
    print(f'{name}: pinball {pinball(0.1, low) + pinball(0.9, high):.4f}, absolute error '
          f'{np.mean(np.abs(middle - y)):.4f}, inside the interval {100 * held.mean():.1f} %')


def main():
    judges, y, ours, x = load(sys.argv[1])
    rng = np.random.default_rng(1)
    learn = np.flatnonzero(~judges)
    if len(learn) > MAX_ROWS:
        learn = np.sort(rng.choice(learn, MAX_ROWS, replace=False))
    # Rows come object by object: a fifth of the objects is set aside to calibrate on.
    cut = int(len(learn) * 0.8)
    fit, calibrate = learn[:cut], learn[cut:]
    begin = time.time()
    gru = Gru(rng)
    for epoch in range(EPOCHS):
        order = rng.permutation(fit)
        for i in range(0, len(order), BATCH):
            rows = order[i:i + BATCH]
            gru.train(x[rows], y[rows], 0.003 * 0.6 ** epoch)
    print(f'GRU of {HIDDEN} on {len(fit)} rows: trained in {time.time() - begin:.0f} s')
    said = gru.predict(x[calibrate])
    low_off = np.quantile(said[:, 0] - y[calibrate], 0.9)
    high_off = np.quantile(y[calibrate] - said[:, 2], 0.9)
    rows = np.flatnonzero(judges)
    begin = time.time()
    said = gru.predict(x[rows])
    print(f'{len(rows)} rows foreseen in {time.time() - begin:.1f} s')
    low = np.maximum(said[:, 0] - low_off, 0)
    high = np.maximum(said[:, 2] + high_off, low)
    judge('GRU', low, np.clip(said[:, 1], low, high), high, y[rows])
    judge('Terrace', ours[rows, 0], ours[rows, 1], ours[rows, 2], y[rows])


main()
