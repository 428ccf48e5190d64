/* safetensors, read strictly. Format: huggingface/safetensors README; FACTS.md section 5.
 * Own limits beyond the format's: JSON nesting 3 (file, tensor, list), 2^20 values, 4096 tensors; real files stay far below.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/safetensors.h"
#include "checkpoint/le.h"
#include "common/file.h"
#include "common/mem.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)4 << 30)
#define HEADER_MAX 100000000u
enum { DEPTH_MAX = 3, VALUES_MAX = 1 << 20, TENSORS_MAX = 4096, NAME_SHOWN = 100 };

static const struct { const char *name; int bytes; } dtypes[] = {
	{ "F32", 4 }, { "F16", 2 }, { "BF16", 2 }, { "I8", 1 }, { "U8", 1 }, { "I16", 2 }, { "I32", 4 }, { "I64", 8 }, { "F64", 8 }, { "BOOL", 1 },
};

static int dtype_bytes(const char *name)
{
	for (size_t i = 0; i < sizeof(dtypes) / sizeof(dtypes[0]); i++)
		if (!strcmp(dtypes[i].name, name))
			return dtypes[i].bytes;
	return 0;
}

/* Bounds what the JSON parser will be asked to build; quotes and brackets need no parser. */
static int check_json_size(const char *s, size_t n, const char *path, struct err *e)
{
	int depth = 0, values = 0;
	bool in_string = false;

	for (size_t i = 0; i < n; i++) {
		if (in_string) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				in_string = false;
			continue;
		}
		in_string = s[i] == '"';
		depth += s[i] == '{' || s[i] == '[';
		depth -= s[i] == '}' || s[i] == ']';
		values += s[i] == '{' || s[i] == '[' || s[i] == ',';
		if (depth > DEPTH_MAX)
			return err_set(e, ERR_INPUT, "'%s': header nested %d deep at byte %zu, legal 1..%d; this is no safetensors header", path, depth,
				       8 + i, DEPTH_MAX);
		if (values > VALUES_MAX)
			return err_set(e, ERR_INPUT, "'%s': header has more than %d values; split the file", path, VALUES_MAX);
	}
	return 0;
}

static int read_metadata(struct st_file *f, json_t *meta, const char *path, struct err *e)
{
	const char *key;
	json_t *value;

	if (!json_is_object(meta))
		return err_set(e, ERR_INPUT, "'%s': __metadata__ is no object; make it {\"key\": \"text\"}", path);
	f->meta_key = MEM_NEW(json_object_size(meta), char *);
	f->meta_value = MEM_NEW(json_object_size(meta), char *);
	json_object_foreach(meta, key, value) {
		if (!json_is_string(value))
			return err_set(e, ERR_INPUT, "'%s': __metadata__ '%.*s' is no text; write it in quotes", path, NAME_SHOWN, key);
		f->meta_key[f->n_meta] = mem_strdup(key);
		f->meta_value[f->n_meta++] = mem_strdup(json_string_value(value));
	}
	return 0;
}

static int fault(const struct st_tensor *t, const char *path, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "'%s': tensor '%.*s': %s", path, NAME_SHOWN, t->name, what);
}

/* shape -> t->shape, *bytes = product * size, every multiplication checked */
static int read_shape(struct st_tensor *t, json_t *shape, int size, uint64_t *bytes, const char *path, struct err *e)
{
	uint64_t product = (uint64_t)size;
	bool empty = false;

	if (!json_is_array(shape) || json_array_size(shape) > 8)
		return fault(t, path, "shape must be a list of 0..8 whole numbers; write the file anew", e);
	t->n_dims = (int)json_array_size(shape);
	for (int i = 0; i < t->n_dims; i++) {
		json_t *d = json_array_get(shape, (size_t)i);

		if (!json_is_integer(d) || json_integer_value(d) < 0)
			return fault(t, path, "shape has a number outside 0..9223372036854775807; write the file anew", e);
		t->shape[i] = json_integer_value(d);
		empty |= t->shape[i] == 0;
		/* also beside a zero: the others must multiply without overflow */
		if (t->shape[i] != 0 && __builtin_mul_overflow(product, (uint64_t)t->shape[i], &product))
			return fault(t, path, "the product of the shape overflows 64 bits; write the file anew", e);
	}
	*bytes = empty ? 0 : product;
	return 0;
}

/* *end: where the tensor before ended in the data, of `size` bytes; moved to the end of this one */
static int read_tensor(struct st_tensor *t, json_t *o, const uint8_t *data, uint64_t size, uint64_t *end, const char *path, struct err *e)
{
	json_t *dtype = json_object_get(o, "dtype"), *shape = json_object_get(o, "shape"), *offsets = json_object_get(o, "data_offsets");
	json_t *first = json_array_get(offsets, 0), *second = json_array_get(offsets, 1);
	uint64_t want = 0, begin, stop;
	int bytes;

	if (!json_is_object(o) || json_object_size(o) != 3 || !json_is_string(dtype) || !shape || !offsets)
		return fault(t, path, "must have exactly \"dtype\" (text), \"shape\" and \"data_offsets\"; write the file anew", e);
	bytes = dtype_bytes(json_string_value(dtype));
	if (!bytes)
		return err_set(e, ERR_INPUT, "'%s': tensor '%.*s': dtype is '%.*s', legal F32 F16 BF16 I8 U8 I16 I32 I64 F64 BOOL; convert it", path,
			       NAME_SHOWN, t->name, NAME_SHOWN, json_string_value(dtype));
	strcpy(t->dtype, json_string_value(dtype)); /* one of the table: fits */
	if (read_shape(t, shape, bytes, &want, path, e))
		return -1;
	if (json_array_size(offsets) != 2 || !json_is_integer(first) || !json_is_integer(second) || json_integer_value(first) < 0 ||
	    json_integer_value(second) < 0)
		return fault(t, path, "data_offsets must be two whole numbers from 0; write the file anew", e);
	begin = (uint64_t)json_integer_value(first);
	stop = (uint64_t)json_integer_value(second);
	if (begin != *end)
		return err_set(e, ERR_INPUT, "'%s': tensor '%.*s': data begins at %llu, legal is %llu, where the tensor before ends; write the tensors in order, without holes",
			       path, NAME_SHOWN, t->name, (unsigned long long)begin, (unsigned long long)*end);
	if (stop < begin || stop > size)
		return err_set(e, ERR_INPUT, "'%s': tensor '%.*s': data ends at %llu, legal %llu..%llu; fetch the whole file", path, NAME_SHOWN, t->name,
			       (unsigned long long)stop, (unsigned long long)begin, (unsigned long long)size);
	if (stop - begin != want)
		return err_set(e, ERR_INPUT, "'%s': tensor '%.*s': data has %llu bytes, its shape asks for %llu; write the file anew", path, NAME_SHOWN,
			       t->name, (unsigned long long)(stop - begin), (unsigned long long)want);
	t->data = data + begin;
	t->bytes = (size_t)want;
	*end = stop;
	return 0;
}

static int read_tensors(struct st_file *f, json_t *root, const char *path, uint64_t header, struct err *e)
{
	const uint8_t *data = (const uint8_t *)f->bytes.data + 8 + header;
	uint64_t size = f->bytes.len - 8 - header, end = 0;
	const char *key;
	json_t *value;

	if (json_object_size(root) > TENSORS_MAX)
		return err_set(e, ERR_INPUT, "'%s': %zu tensors, legal 0..%d; split the file", path, json_object_size(root), TENSORS_MAX);
	f->tensors = MEM_NEW(json_object_size(root), struct st_tensor);
	json_object_foreach(root, key, value) { /* in the order of the file */
		if (!strcmp(key, "__metadata__")) {
			if (read_metadata(f, value, path, e))
				return -1;
			continue;
		}
		f->tensors[f->n].name = mem_strdup(key);
		if (read_tensor(&f->tensors[f->n++], value, data, size, &end, path, e))
			return -1;
	}
	if (end != size)
		return err_set(e, ERR_INPUT, "'%s': %llu bytes follow the last tensor, legal 0; remove them", path, (unsigned long long)(size - end));
	return 0;
}

int st_parse_bytes(struct st_file *f, struct buf *bytes, const char *name, struct err *e)
{
	const char *json;
	json_error_t where;
	json_t *root;
	uint64_t n;
	int bad;

	memset(f, 0, sizeof(*f));
	f->bytes = *bytes;
	buf_init(bytes); /* the caller's buffer stays valid, and empty */
	if (f->bytes.len < 8)
		return err_set(e, ERR_INPUT, "'%s': %zu bytes are too short for a safetensors file, legal 10 or more; fetch the whole file", name,
			       f->bytes.len);
	n = le_u64((const uint8_t *)f->bytes.data);
	if (n < 2 || n > HEADER_MAX || n > f->bytes.len - 8)
		return err_set(e, ERR_INPUT, "'%s': header length is %llu, legal 2..%llu; fetch the whole file", name, (unsigned long long)n,
			       (unsigned long long)(f->bytes.len - 8 < HEADER_MAX ? f->bytes.len - 8 : HEADER_MAX));
	json = f->bytes.data + 8;
	if (json[0] != '{')
		return err_set(e, ERR_INPUT, "'%s': the header does not begin with '{'; name a safetensors file", name);
	if (check_json_size(json, (size_t)n, name, e))
		return -1;
	root = json_loadb(json, (size_t)n, JSON_REJECT_DUPLICATES, &where);
	if (!root)
		return err_set(e, ERR_INPUT, "'%s': header byte %d: %s; write the file anew", name, where.position, where.text);
	bad = read_tensors(f, root, name, n, e);
	json_decref(root);
	return bad;
}

int st_parse(struct st_file *f, const char *path, struct err *e)
{
	struct buf b;
	int bad;

	memset(f, 0, sizeof(*f));
	bad = file_read(path, FILE_MAX, &b, e) || st_parse_bytes(f, &b, path, e) ? -1 : 0;
	buf_release(&b);
	if (bad)
		st_release(f);
	return bad;
}

const struct st_tensor *st_find(const struct st_file *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!strcmp(f->tensors[i].name, name))
			return &f->tensors[i];
	return NULL;
}

float *st_floats(const struct st_tensor *t, const char *file, size_t *count, struct err *e)
{
	int bytes = dtype_bytes(t->dtype);
	const uint8_t *p = t->data;
	float *out;

	if (!bytes || !strcmp(t->dtype, "BOOL")) {
		err_set(e, ERR_INPUT, "'%s': tensor '%.*s': dtype is '%s', legal is a number type; convert it", file, NAME_SHOWN, t->name, t->dtype);
		return NULL;
	}
	*count = t->bytes / (size_t)bytes;
	out = MEM_NEW(*count, float);
	for (size_t i = 0; i < *count; i++, p += bytes) {
		if (t->dtype[0] == 'B')
			out[i] = le_bf16(p);
		else if (t->dtype[0] == 'F')
			out[i] = bytes == 4 ? le_f32(p) : bytes == 2 ? le_f16(p) : (float)le_f64(p);
		else if (t->dtype[0] == 'U')
			out[i] = p[0];
		else
			out[i] = bytes == 1 ? (int8_t)p[0] : bytes == 2 ? (int16_t)le_u16(p) : bytes == 4 ? (float)(int32_t)le_u32(p) :
				 (float)(int64_t)le_u64(p);
	}
	return out;
}

void st_release(struct st_file *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->tensors[i].name);
	for (size_t i = 0; i < f->n_meta; i++) {
		free(f->meta_key[i]);
		free(f->meta_value[i]);
	}
	free(f->tensors);
	free(f->meta_key);
	free(f->meta_value);
	buf_release(&f->bytes);
	memset(f, 0, sizeof(*f));
}
