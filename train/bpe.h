/* A tokenizer trained on text: byte pair merges in the llama2.c format that checkpoint/tokenizer.h reads. docs/train.md section 8.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_BPE_H
#define TRAIN_BPE_H
#include "common/buf.h"
#include "common/err.h"

/* text: sequences as text_load takes them. vocab: 3 + 256 byte pieces + characters + merges. The file's bytes are appended to out. */
int bpe_train(const char *text, size_t len, int vocab, struct buf *out, struct err *e);

#endif
