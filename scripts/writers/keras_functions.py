"""Small nets with functions between layers: of TensorFlow in tf-keras, operations of Keras 3."""

import numpy as np


def bent_tf(kit):
    import tensorflow as tf

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x = layers.Dense(6, name="dense")(first)
    for name in ["relu", "relu6", "elu", "selu", "silu", "softsign", "gelu", "leaky_relu", "softmax", "log_softmax"]:
        x = layers.Dense(6, name=f"to_{name}")(getattr(tf.nn, name)(x))
    x = tf.nn.softmax(tf.nn.leaky_relu(x, alpha=0.3), axis=1) + tf.nn.gelu(x, approximate=True)
    for name in ["sigmoid", "tanh", "softplus", "abs", "exp", "square", "sin", "cos", "atan", "erf", "sign", "round"]:
        x = layers.Dense(6, name=f"to_{name}")(getattr(tf.math, name)(x))
    x = tf.math.log1p(tf.abs(x)) * tf.sqrt(tf.abs(x) + 1.0) - tf.math.rsqrt(x * x + 2.0)
    return kit.Model(first, 2.0 / (1.0 + x**2), name="bent_tf")


def bent_ops(kit):
    from keras import ops

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x = layers.Dense(6, name="dense")(first)
    names = ["relu", "relu6", "elu", "selu", "silu", "softsign", "gelu", "leaky_relu", "softmax", "log_softmax"]
    names += ["hard_sigmoid", "hard_silu", "hard_tanh", "celu", "log_sigmoid", "sigmoid", "tanh", "softplus"]
    for name in [*names, "abs", "exp", "square", "sin", "cos", "arctan", "erf", "sign", "round"]:
        x = layers.Dense(6, name=f"to_{name}")(getattr(ops, name)(x))
    x = ops.softmax(ops.leaky_relu(x, negative_slope=0.3), axis=1) + ops.gelu(x, approximate=False)
    x = kit.activations.relu(x, negative_slope=0.1, max_value=2.0) + x
    x = ops.log1p(ops.abs(x)) * ops.sqrt(ops.abs(x) + 1.0) - ops.rsqrt(x * x + 2.0)
    return kit.Model(first, 2.0 / (1.0 + x**2), name="bent_ops")


def placed_tf(kit):
    import tensorflow as tf

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x = layers.Dense(6, name="dense")(first)
    y = tf.transpose(tf.reshape(x, (-1, 2, 12)), (0, 2, 1))
    y = tf.reshape(y, (tf.shape(y)[0], 4, 6))
    left, right = tf.split(x, [2, 4], axis=-1)
    z = tf.concat([tf.tile(left, [1, 1, 2])[:, :, :2], right], axis=-1)
    z = tf.pad(z[:, 1:3], [[0, 0], [1, 1], [0, 0]]) + z[:, ::-1] * x[:, -1:, :]
    rows = tf.unstack(tf.stack([x, y, z], axis=1), axis=1)
    w = tf.squeeze(tf.expand_dims(rows[1], 1), axis=1) + tf.gather(rows[2], [3, 2, 1, 0], axis=1)
    means = [tf.reduce_mean(w, axis=1), tf.reduce_sum(y, axis=[1], keepdims=False), tf.reduce_max(z, axis=1)]
    means += [tf.math.reduce_std(w, axis=1), tf.nn.l2_normalize(w[:, 0], axis=-1)]
    return kit.Model(first, layers.Dense(3, name="answer")(tf.concat(means, 1)), name="placed_tf")


def placed_ops(kit):
    from keras import ops

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x = layers.Dense(6, name="dense")(first)
    y = ops.transpose(ops.reshape(x, (-1, 2, 12)), (0, 2, 1))
    y = ops.swapaxes(ops.reshape(y, (-1, 6, 4)), 1, 2)
    left, right = ops.split(x, [2], axis=-1)
    z = ops.concatenate([ops.tile(left, [1, 1, 2])[..., :2], right], axis=-1)
    z = ops.pad(z[:, 1:3], [[0, 0], [1, 1], [0, 0]]) + ops.flip(z, axis=1) * x[:, -1:, :]
    rows = ops.unstack(ops.stack([x, y, z], axis=1), axis=1)
    w = ops.squeeze(ops.expand_dims(rows[1], 1), axis=1) + ops.take(rows[2], [3, 2, 1, 0], axis=1)
    means = [ops.mean(w, axis=1), ops.sum(y, axis=(1,)), ops.max(z, axis=1)]
    means += [ops.std(w, axis=1), ops.normalize(w[:, 0], axis=-1)]
    return kit.Model(first, layers.Dense(3, name="answer")(ops.concatenate(means, 1)), name="placed_ops")


def compared_tf(kit):
    import tensorflow as tf

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x, y = layers.Dense(6, name="one")(first), layers.Dense(6, name="other")(first)
    z = tf.where(tf.logical_and(x > y, tf.logical_not(x > 0.1)), tf.maximum(x, 0.2), tf.minimum(y, -0.1))
    z = z + tf.cast(tf.less_equal(x, 0.3), tf.float32) * np.array([1, 2, 3, 4, 5, 6], "float32")
    z = tf.clip_by_value(z, -1.5, 4.0) / (tf.math.squared_difference(x, y) + 1.0)
    z = tf.matmul(z, y, transpose_b=True) + tf.add_n([z[:, :, :4], x[:, :, :4], y[:, :, 2:]])
    return kit.Model(first, z + tf.one_hot(tf.argmax(z, axis=-1), 4), name="compared_tf")


def compared_ops(kit):
    from keras import ops

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x, y = layers.Dense(6, name="one")(first), layers.Dense(6, name="other")(first)
    z = ops.where(ops.logical_and(x > y, ops.logical_not(x > 0.1)), ops.maximum(x, 0.2), ops.minimum(y, -0.1))
    z = z + ops.cast(ops.less_equal(x, 0.3), "float32") * np.array([1, 2, 3, 4, 5, 6], "float32")
    z = ops.clip(z, -1.5, 4.0) / (ops.square(x - y) + 1.0)
    z = ops.matmul(z, ops.transpose(y, (0, 2, 1))) + ops.einsum("bij,bkj->bik", x, y)
    return kit.Model(first, z + ops.one_hot(ops.argmax(z, axis=-1), 4), name="compared_ops")


def unmasked(kit):
    """Masks end at what is no layer, whichever of both it is."""
    layers = kit.layers
    words = layers.Input((6,), dtype="int32", name="words")
    x = layers.Embedding(20, 4, mask_zero=True, name="embed")(words) * 0.5
    x = layers.Add(name="both")([x, x + 1.0])
    return kit.Model(words, layers.LSTM(3, name="series")(x), name="unmasked")


def counted_tf(kit):
    """Whole numbers: words that count are told from padding by hand."""
    import tensorflow as tf

    layers = kit.layers
    words = layers.Input((8,), dtype="int32", name="words")
    x = layers.Embedding(20, 4, name="embed")(words)
    counts = tf.cast(tf.not_equal(words, 0), tf.float32)
    x = tf.reduce_sum(x * counts[:, :, None], 1) / tf.reduce_sum(counts, 1, keepdims=True)
    y = layers.Embedding(50, 4, name="shifted")(tf.minimum(words * 2 + 1, 40))
    z = tf.concat([tf.cast(words // 3, tf.float32), tf.cast(words / 2, tf.float32), tf.one_hot(words % 3, 3)[:, :, 0]], 1)
    return kit.Model(words, tf.concat([x, tf.reduce_max(y, axis=1), z], axis=-1), name="counted_tf")


def counted_ops(kit):
    from keras import ops

    layers = kit.layers
    words = layers.Input((8,), dtype="int32", name="words")
    x = layers.Embedding(20, 4, name="embed")(words)
    counts = ops.cast(ops.not_equal(words, 0), "float32")
    x = ops.sum(x * ops.expand_dims(counts, -1), 1) / ops.sum(counts, 1, keepdims=True)
    y = layers.Embedding(50, 4, name="shifted")(ops.minimum(words * 2 + 1, 40))
    z = ops.concatenate([ops.cast(words // 3, "float32"), words / 2, ops.one_hot(words % 3, 3)[:, :, 0]], 1)
    places = layers.Embedding(8, 4, name="places")(ops.cumsum(ops.ones_like(words), axis=1) - 1)
    return kit.Model(words, ops.concatenate([x, ops.max(y + places, axis=1), z], axis=-1), name="counted_ops")


def largest_tf(kit):
    """The largest of a row, and where they are; what is kept from training is a number like others."""
    import tensorflow as tf

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x = layers.Dense(6, name="dense")(first)
    values, places = tf.math.top_k(x, 3)
    y = layers.Dense(3, name="from_both")(values + tf.cast(places, tf.float32))
    return kit.Model(first, [y + tf.nn.top_k(x)[0], tf.stop_gradient(x) * x], name="largest_tf")


def largest_ops(kit):
    from keras import ops

    layers = kit.layers
    first = layers.Input((4, 6), name="rows")
    x = layers.Dense(6, name="dense")(first)
    values, places = ops.top_k(x, 3)
    y = layers.Dense(3, name="from_both")(values + ops.cast(places, "float32"))
    return kit.Model(first, [y, ops.stop_gradient(x) * x], name="largest_ops")


OF_TENSORFLOW = [bent_tf, placed_tf, compared_tf, unmasked, counted_tf, largest_tf]
OF_KERAS_3 = [bent_ops, placed_ops, compared_ops, unmasked, counted_ops, largest_ops]
