"""
Trains two small transformers and writes them with the stock converter: write_transformers.py FOLDER.
The files that tests use are in testing/models/small-vit and testing/models/small-bert. Needs the packages of
requirements.txt, and public/datasets/mnist.
"""

import gzip
import json
import os
import shutil
import sys

from case_writer import convert
from stock_converter import keras, np, tf

PICTURES = "public/datasets/mnist"
SEED = 7


def pictures(split):
    with gzip.open(os.path.join(PICTURES, f"{split}-images.bin")) as file:
        pixels = np.frombuffer(file.read(), np.uint8).reshape(-1, 28, 28, 1)
    with gzip.open(os.path.join(PICTURES, f"{split}-labels.bin")) as file:
        labels = np.frombuffer(file.read(), np.uint8)
    return pixels.astype(np.float32) / 255, labels.astype(np.int32)


class Placed(keras.layers.Layer):
    """A class token in front of the patches, and for each place a vector that is added."""

    def build(self, shape):
        _, places, width = shape
        self.token = self.add_weight(name="token", shape=(1, 1, width), initializer="random_normal")
        self.place = self.add_weight(name="place", shape=(1, places + 1, width), initializer="random_normal")

    def call(self, x):
        tokens = tf.tile(self.token, [tf.shape(x)[0], 1, 1])
        return tf.concat([tokens, x], 1) + self.place


def gelu(x):
    """The exact one: that of today's Keras is made of an operator (Erfc) which TensorFlow.js does not have."""
    return 0.5 * x * (1 + tf.math.erf(x * float(np.sqrt(0.5))))


def vit(width=24, heads=3, hidden=48, blocks=2):
    """Patches of 7 x 7, attention as Keras writes it (sums in letters), the exact GELU."""
    picture = keras.Input((28, 28, 1), name="picture")
    x = keras.layers.Conv2D(width, 7, strides=7, name="patches")(picture)
    x = keras.layers.Reshape((16, width), name="row")(x)
    x = Placed(name="placed")(x)
    for at in range(blocks):
        normal = keras.layers.LayerNormalization(epsilon=1e-5, name=f"norm{at}a")(x)
        attention = keras.layers.MultiHeadAttention(heads, width // heads, name=f"attention{at}")
        x = keras.layers.Add(name=f"sum{at}a")([x, attention(normal, normal)])
        normal = keras.layers.LayerNormalization(epsilon=1e-5, name=f"norm{at}b")(x)
        wide = keras.layers.Dense(hidden, activation=gelu, name=f"wide{at}")(normal)
        narrow = keras.layers.Dense(width, name=f"narrow{at}")(wide)
        x = keras.layers.Add(name=f"sum{at}b")([x, narrow])
    x = keras.layers.LayerNormalization(epsilon=1e-5, name="norm")(x)
    token = keras.layers.Lambda(lambda all: all[:, 0], name="first")(x)
    return keras.Model(picture, keras.layers.Dense(10, activation="softmax", name="digits")(token))


WORDS, LENGTH, GROUPS = 30, 12, 3


def sentences(count, seed):
    """Words 1 to 29 and then nothing (0): which of three groups, by the remainder, has the most words."""
    random = np.random.default_rng(seed)
    words = random.integers(1, WORDS, (4 * count, LENGTH))
    lengths = random.integers(4, LENGTH + 1, (4 * count, 1))
    words = np.where(np.arange(LENGTH) < lengths, words, 0)
    counts = np.stack([((words % GROUPS == group) & (words > 0)).sum(1) for group in range(GROUPS)], 1)
    two = np.sort(counts, 1)
    chosen = np.flatnonzero(two[:, -1] > two[:, -2])[:count]
    return words[chosen].astype(np.int32), counts[chosen].argmax(1).astype(np.int32)


class Bert(tf.Module):
    """Attention of products of matrices and a softmax, a mask made of a comparison, GELU by its tangent."""

    def __init__(self, width=16, heads=2, hidden=32):
        super().__init__()
        random = np.random.default_rng(SEED)
        self.width, self.heads = width, heads
        scales = {"words": (WORDS, width), "places": (LENGTH, width)}
        for name in ("query", "key", "value", "out"):
            scales[name] = (width, width)
        scales.update(wide=(width, hidden), narrow=(hidden, width), answer=(width, GROUPS))
        for name, shape in scales.items():
            spread = 0.3 if name in ("words", "places") else 1 / np.sqrt(shape[0])
            setattr(self, name, tf.Variable(random.normal(0, spread, shape).astype(np.float32), name=name))
            if name not in ("words", "places"):
                setattr(self, f"{name}_bias", tf.Variable(tf.zeros(shape[1]), name=f"{name}/bias"))
        for name in ("first", "second"):
            setattr(self, f"{name}_gain", tf.Variable(tf.ones(width), name=f"{name}/gain"))
            setattr(self, f"{name}_shift", tf.Variable(tf.zeros(width), name=f"{name}/shift"))

    def normal(self, x, name):
        mean = tf.reduce_mean(x, -1, keepdims=True)
        spread = tf.reduce_mean(tf.math.squared_difference(x, mean), -1, keepdims=True)
        return (x - mean) * tf.math.rsqrt(spread + 1e-6) * getattr(self, f"{name}_gain") + getattr(
            self, f"{name}_shift"
        )

    def linear(self, x, name):
        return tf.matmul(x, getattr(self, name)) + getattr(self, f"{name}_bias")

    def split(self, x):
        return tf.transpose(tf.reshape(x, [-1, LENGTH, self.heads, self.width // self.heads]), [0, 2, 1, 3])

    def logits(self, ids):
        there = tf.cast(tf.logical_and(tf.greater(ids, 0), tf.less(ids, WORDS)), tf.float32)
        x = tf.gather(self.words, ids) + self.places
        query, key, value = (self.split(self.linear(x, name)) for name in ("query", "key", "value"))
        scores = tf.matmul(query, key, transpose_b=True) * float(1 / np.sqrt(self.width // self.heads))
        scores += (1 - there[:, tf.newaxis, tf.newaxis, :]) * -10000.0
        mixed = tf.transpose(tf.matmul(tf.nn.softmax(scores), value), [0, 2, 1, 3])
        mixed = tf.reshape(mixed, [-1, LENGTH, self.width])
        x = self.normal(x + self.linear(mixed, "out"), "first")
        x = self.normal(x + self.linear(tf.nn.gelu(self.linear(x, "wide"), True), "narrow"), "second")
        weights = there[:, :, tf.newaxis]
        mean = tf.reduce_sum(x * weights, 1) / tf.maximum(tf.reduce_sum(weights, 1), 1.0)
        return self.linear(mean, "answer")

    @tf.function(input_signature=[tf.TensorSpec((None, LENGTH), tf.int32, name="ids")])
    def chances(self, ids):
        return {"chances": tf.nn.softmax(self.logits(ids))}


def train_bert(model, epochs=12, batch=64):
    ids, labels = sentences(6000, SEED)
    optimizer = keras.optimizers.Adam(3e-3)

    @tf.function
    def step(some, wanted):
        with tf.GradientTape() as tape:
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, model.logits(some))
            loss = tf.reduce_mean(each)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)

    random = np.random.default_rng(SEED)
    for _ in range(epochs):
        order = random.permutation(len(ids))
        for at in range(0, len(ids) - batch + 1, batch):
            rows = order[at : at + batch]
            step(tf.constant(ids[rows]), tf.constant(labels[rows]))


def train_vit(model, epochs=16, batch=128):
    x, y = pictures("train")
    steps = epochs * (len(x) // batch)
    falling = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=3e-3, warmup_steps=steps // 20)
    optimizer = keras.optimizers.AdamW(falling, weight_decay=1e-3)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch, epochs, verbose=2, validation_data=pictures("validation"))


def write(folder, saved, facts):
    shutil.rmtree(folder, ignore_errors=True)
    convert(saved, folder, "--input_format=tf_saved_model")
    shutil.rmtree(saved)
    with open(os.path.join(folder, "measured.json"), "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=2)
        file.write("\n")
    print(folder, facts, flush=True)


def main(root):
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    scratch = os.path.join(root, "scratch")
    bert = Bert()
    train_bert(bert)
    ids, labels = sentences(1000, SEED + 1)
    right = int((bert.chances(tf.constant(ids))["chances"].numpy().argmax(1) == labels).sum())
    tf.saved_model.save(bert, scratch, signatures={"serving_default": bert.chances})
    write(os.path.join(root, "small-bert"), scratch, {"right": right, "of": len(ids)})
    net = vit()
    train_vit(net)
    x, y = pictures("test")
    chances = net.predict(x, 500, verbose=0)
    right = int((chances.argmax(1) == y).sum())
    net.export(scratch, verbose=False)
    write(os.path.join(root, "small-vit"), scratch, {"right": right, "of": len(y), "first": chances[:4].tolist()})


if __name__ == "__main__":
    main(sys.argv[1])
