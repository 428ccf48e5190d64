"""Some mutants of one module in one model: quick.py DIRECTORY MODULE MODEL NUMBER. See quick.sh, tests/regress/stimuli.sh.
SPDX-License-Identifier: Apache-2.0"""
import os
import sys

import rtl_model as rm
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
    killed = sum(1 for _, why in rtl_run.campaign(b, out, "test", list(range(1, len(chosen) + 1)), {}) if why)
    good = killed >= least * len(chosen) and len(chosen) == wanted
    print(f"{'ok' if good else 'FAIL'} mutants of {module}: {killed} of {len(chosen)} noticed by the bench of {b.top}")
    return good


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
