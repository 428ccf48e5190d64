"""Some mutants of one module in one model: quick.py DIRECTORY MODULE MODEL NUMBER. See quick.sh, tests/regress/stimuli.sh.
SPDX-License-Identifier: Apache-2.0"""
import os
import sys

import rtl_model as rm
import rtl_prove
import rtl_run
import run


def mutants(work, module, model, wanted, least):
    """most mutants of a small module are noticed, the unmutated model is not"""
    b = run.rtl_models()[model]
    out = os.path.join(work, model)
    os.makedirs(out, exist_ok=True)
    rm.flatten(b, out)
    chosen = rtl_run.share({model: b}, {model: rm.candidates(out, 4000, 1)}, wanted, 1, module)[model]
    rm.apply(b, out, chosen)
    rm.build(b, out, work)
    noticed = [k for k, why in rtl_run.campaign(b, out, "test", list(range(1, len(chosen) + 1)), {}) if why]
    good = len(noticed) >= least * len(chosen) and len(chosen) == wanted
    print(f"{'ok' if good else 'FAIL'} mutants of {module}: {len(noticed)} of {len(chosen)} noticed by the bench of {b.top}")
    if not b.main: # in a whole core a proof that fails takes minutes
        return good
    some = noticed[::10]
    circuit = rtl_prove.prepare(b, out, [chosen[k - 1] for k in some])
    wrong = [k for i, k in enumerate(some, 1) if rtl_prove.prove(circuit, i, out)[0]]
    print(f"{'FAIL' if wrong or not some else 'ok'} proofs: of {len(some)} that the bench noticed, {len(wrong)} are called equivalent")
    return good and bool(some) and not wrong


if __name__ == "__main__":
    work_dir, of, model_name, number = sys.argv[1:]
    work_dir = os.path.realpath(work_dir)
    os.makedirs(work_dir, exist_ok=True)
    try:
        good = mutants(work_dir, of, model_name, int(number), 0.8)
    except rm.Stop as e:
        print(f"FAIL mutate quick: {e}")
        sys.exit(1)
    sys.exit(0 if good else 1)
