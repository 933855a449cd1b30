"""Small nets of every class of layers that files of Keras hold, built by Keras 3 or by tf-keras alike."""


def functional(kit, inputs, outputs, name):
    return kit.Model(inputs, outputs, name=name)


def two_inputs(kit):
    """Residual, a layer that is used twice, tensors among named arguments, names in another order than classes."""
    layers = kit.layers
    left = layers.Input((5, 4), name="left")
    right = layers.Input((5, 4), name="right")
    shared = layers.Dense(4, activation="tanh", name="dense_7")
    x, y = shared(left), shared(right)
    attended = layers.MultiHeadAttention(2, 3, name="attend")(x, value=y, key=left)
    x = layers.Add(name="add_2")([attended, x])
    x = layers.Flatten(name="dense_flat")(x)
    x = layers.Dense(3, name="dense")(x)
    return functional(kit, [left, right], x, "two_inputs")


def shuffled(kit):
    layers = kit.layers
    x = first = layers.Input((4,), name="given")
    x = layers.Dense(4, activation="relu", name="dense_7")(x)
    x = layers.Dense(4, activation="tanh", name="dense_1")(x)
    x = layers.Dense(4, activation="sigmoid", name="dense")(x)
    return functional(kit, first, x, "shuffled")


def settings(kit, keras3):
    """What TensorFlow.js would misread."""
    layers = kit.layers
    x = first = layers.Input((9, 9, 4))
    x = layers.Conv2D(6, 3, padding="same", kernel_regularizer=kit.regularizers.L2(1e-3))(x)
    x = layers.LeakyReLU(**({"negative_slope": 0.1} if keras3 else {"alpha": 0.1}))(x)
    x = layers.Conv2D(8, 3, groups=2, activation="hard_sigmoid")(x)
    x = layers.ReLU(max_value=0.6, negative_slope=0.2)(x)
    x = layers.DepthwiseConv2D(3, dilation_rate=2)(x)
    x = layers.UpSampling2D((2, 2), interpolation="bilinear")(x)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return functional(kit, first, x, "settings")


def stock(kit):
    """Everything in it is known to stock TensorFlow.js and means the same there."""
    layers = kit.layers
    x = first = layers.Input((8, 8, 3), name="picture")
    x = layers.Conv2D(6, 3, padding="same", use_bias=False, name="conv")(x)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.ReLU(6.0, name="relu")(x)
    y = layers.SeparableConv2D(6, 3, padding="same", name="separable")(x)
    x = layers.Add(name="add")([x, y])
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.SpatialDropout2D(0.2, name="drop")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(8, activation="silu", name="hidden")(x)
    x = layers.Dense(3, activation="softmax", name="answer")(x)
    return functional(kit, first, x, "stock")


def efficient(kit):
    layers = kit.layers
    first = layers.Input((8, 8, 3))
    x = layers.Rescaling(1 / 255.0, name="scaled")(first)
    normal = layers.Normalization(name="normalization")
    x = normal(x)
    x = layers.Rescaling([0.9, 1.1, 1.0], name="channels", offset=[0.1, 0.0, -0.1])(x)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = layers.Conv2D(8, 3, strides=2, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("swish")(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.Activation("swish")(x)
    squeezed = layers.GlobalAveragePooling2D(keepdims=True)(x)
    squeezed = layers.Conv2D(2, 1, activation="swish")(squeezed)
    squeezed = layers.Conv2D(8, 1, activation="sigmoid")(squeezed)
    x = layers.Multiply()([x, squeezed])
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return functional(kit, first, layers.Dense(3)(x), "efficient")


def recurrent(kit):
    layers = kit.layers
    given = layers.Input((6, 4))
    x = layers.GRU(5, return_sequences=True, name="gru")(given)
    x = layers.Bidirectional(layers.LSTM(3), name="both")(x)
    inner = kit.Model(given, x, name="encoder")
    first = layers.Input((6, 4), name="series")
    y = layers.Dense(2, name="head")(inner(first))
    return functional(kit, first, y, "recurrent")


def sequences(kit):
    layers = kit.layers
    first = layers.Input((12, 4))
    x = layers.ZeroPadding1D(1)(first)
    x = layers.Conv1D(6, 3, padding="causal", dilation_rate=2)(x)
    x = layers.SpatialDropout1D(0.1)(x)
    x = layers.SeparableConv1D(8, 3, padding="same")(x)
    x = layers.DepthwiseConv1D(3, depth_multiplier=2)(x)
    x = layers.UpSampling1D(2)(x)
    x = layers.Conv1DTranspose(5, 3, strides=2, padding="same")(x)
    x = layers.Cropping1D((1, 2))(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.AveragePooling1D(2, padding="same")(x)
    x = layers.GlobalMaxPooling1D()(x)
    return functional(kit, first, layers.Dense(3)(x), "sequences")


def rooms(kit):
    layers = kit.layers
    first = layers.Input((6, 6, 6, 2))
    x = layers.Conv3D(4, 3, padding="same", activation="elu")(first)
    x = layers.SpatialDropout3D(0.1)(x)
    x = layers.UpSampling3D(2)(x)
    x = layers.Cropping3D(1)(x)
    x = layers.ZeroPadding3D(((1, 0), (0, 1), (1, 1)))(x)
    x = layers.Conv3DTranspose(3, 2, strides=2)(x)
    x = layers.MaxPooling3D(2)(x)
    y = layers.GlobalMaxPooling3D()(x)
    x = layers.GlobalAveragePooling3D()(x)
    return functional(kit, first, layers.Subtract()([x, y]), "rooms")


def normal(kit, keras3):
    layers = kit.layers
    first = layers.Input((5, 5, 8))
    x = layers.GroupNormalization(4)(first)
    x = layers.UnitNormalization()(x)
    x = layers.LayerNormalization()(x)
    x = layers.BatchNormalization(axis=-1, center=False)(x)
    if keras3:
        x = layers.RMSNormalization()(x)
    x = layers.Normalization(mean=[0.1] * 8, variance=[1.5] * 8)(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    return functional(kit, first, x, "normal")


def resized(kit):
    layers = kit.layers
    first = layers.Input((7, 5, 3))
    x = layers.Resizing(5, 9, interpolation="bilinear")(first)
    y = layers.Resizing(5, 9, interpolation="nearest")(first)
    x = layers.Average()([x, y])
    x = layers.RandomFlip()(x)
    x = layers.RandomRotation(0.1)(x)
    x = layers.RandomZoom(0.1)(x)
    x = layers.ActivityRegularization(l2=0.1)(x)
    x = layers.UpSampling2D(3, interpolation="nearest")(x)
    x = layers.AveragePooling2D(2, padding="same")(x)
    return functional(kit, first, x, "resized")


def attention(kit):
    layers = kit.layers
    query = layers.Input((5, 6), name="query")
    value = layers.Input((7, 6), name="value")
    x = layers.Attention(use_scale=True)([query, value])
    y = layers.AdditiveAttention()([query, value])
    z = layers.Attention(score_mode="concat")([query, value, value])
    x = layers.Concatenate()([x, y, z])
    x = layers.Attention()([x, x], use_causal_mask=True)
    x = layers.MultiHeadAttention(3, 4, value_dim=5, use_bias=False)(x, x, use_causal_mask=True)
    return functional(kit, [query, value], x, "attention")


def transformer(kit):
    layers = kit.layers
    words = layers.Input((8,), dtype="int32", name="words")
    x = layers.Embedding(20, 8, mask_zero=True)(words)
    y = layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.Add()([x, y])
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    einsum = layers.EinsumDense("...x,xy->...y", output_shape=12, bias_axes="y", activation="gelu")
    y = einsum(x)
    y = layers.Dense(8)(y)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling1D()(x)
    return functional(kit, words, layers.Dense(3, activation="softmax")(x), "transformer")


def einsum(kit):
    layers = kit.layers
    first = layers.Input((4, 6))
    dense = layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")
    x = dense(first)
    x = layers.EinsumDense("abde,def->abf", output_shape=(None, 5), bias_axes="f")(x)
    return functional(kit, first, x, "einsum")


def masked(kit):
    layers = kit.layers
    words = layers.Input((7,), dtype="int32", name="words")
    x = layers.Embedding(20, 6, mask_zero=True)(words)
    x = layers.Bidirectional(layers.GRU(4, return_sequences=True))(x)
    x = layers.TimeDistributed(layers.Dense(5, activation="tanh"))(x)
    x = layers.LSTM(4, return_sequences=True)(x)
    return functional(kit, words, layers.SimpleRNN(3)(x), "masked")


def masked_output(kit):
    """Steps that do not count are said as zeros, or as what came before."""
    layers = kit.layers
    words = layers.Input((7,), dtype="int32", name="words")
    x = layers.Embedding(20, 6, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    y = layers.GRU(4, return_sequences=True)(x)
    return functional(kit, words, layers.Concatenate()([x, y]), "masked_output")


def masked_steps(kit):
    layers = kit.layers
    first = layers.Input((6, 3))
    x = layers.Masking(0.0)(first)
    y = layers.GRU(3, return_sequences=True, reset_after=False)(x)
    z = layers.LSTM(3, return_sequences=True, recurrent_activation="hard_sigmoid")(x)
    x = layers.Concatenate()([y, z])
    return functional(kit, first, layers.GRU(4)(x), "masked_steps")


def states(kit):
    layers = kit.layers
    source = layers.Input((5, 3), name="source")
    target = layers.Input((4, 3), name="target")
    _, h, c = layers.LSTM(6, return_state=True, name="encoder")(source)
    x = layers.LSTM(6, return_sequences=True, name="decoder")(target, initial_state=[h, c])
    return functional(kit, [source, target], layers.Dense(3)(x), "states")


def cells(kit):
    layers = kit.layers
    first = layers.Input((5, 3))
    x = layers.RNN([layers.GRUCell(4), layers.LSTMCell(3)], return_sequences=True)(first)
    x = layers.RNN(layers.SimpleRNNCell(4))(x)
    return functional(kit, first, x, "cells")


def functions(kit, keras3):
    layers = kit.layers
    x = first = layers.Input((6,))
    names = ["elu", "selu", "softplus", "softsign", "exponential", "gelu", "mish", "relu6", "silu"]
    names += ["hard_sigmoid", "tanh", "log_softmax"] if keras3 else ["hard_sigmoid", "tanh"]
    names += ["leaky_relu", "hard_silu", "celu", "hard_tanh"] if keras3 else []
    for name in names:
        x = layers.Dense(6, activation=name)(x)
    x = layers.Softmax()(x)
    x = layers.ELU(0.7)(x)
    return functional(kit, first, x, "functions")


def transposed(kit, keras3):
    layers = kit.layers
    first = layers.Input((2, 3, 2))
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same")(first)
    x = layers.Conv2DTranspose(3, 3, strides=2, padding="valid", output_padding=1)(x)
    x = layers.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1)(x)
    if not keras3:
        x = layers.Conv2DTranspose(2, 2, padding="valid", dilation_rate=2)(x)
    return functional(kit, first, x, "transposed")


def nested(kit):
    layers = kit.layers
    tower = kit.Sequential(
        [layers.Input((6,)), layers.Dense(5, activation="relu", name="dense"), layers.Dense(4, name="out")],
        name="tower",
    )
    other_input = layers.Input((6,))
    other = kit.Model(other_input, layers.Dense(4, name="dense")(other_input), name="other")
    left, right = layers.Input((6,), name="a"), layers.Input((6,), name="b")
    x = layers.Subtract()([tower(left), tower(right)])
    y = other(left)
    return functional(kit, [left, right], layers.Dot(1, normalize=True)([x, y]), "nested")


def over_time(kit):
    layers = kit.layers
    frame = kit.Sequential(
        [layers.Input((6, 6, 2)), layers.Conv2D(3, 3, name="filters"), layers.GlobalMaxPooling2D()],
        name="frame",
    )
    first = layers.Input((4, 6, 6, 2))
    x = layers.TimeDistributed(frame, name="each")(first)
    x = layers.GRU(3)(x)
    return functional(kit, first, x, "over_time")


def shapes(kit):
    layers = kit.layers
    first = layers.Input((4, 6))
    x = layers.Permute((2, 1))(first)
    x = layers.Reshape((3, -1))(x)
    x = layers.Flatten()(x)
    x = layers.RepeatVector(2)(x)
    y = layers.GaussianNoise(0.1)(layers.AlphaDropout(0.1)(x))
    x = layers.Maximum()([x, layers.Minimum()([x, y])])
    return functional(kit, first, x, "shapes")


def sequential(kit, keras3):
    layers = kit.layers
    given = layers.Input((8,)) if keras3 else layers.InputLayer(input_shape=(8,))
    return kit.Sequential(
        [given, layers.Dense(6, activation="relu"), layers.Dropout(0.5), layers.Dense(3, activation="softmax")]
    )


def named(kit):
    """Names that TensorFlow.js refuses."""
    layers = kit.layers
    x = first = layers.Input((5,), name="输入")
    x = layers.Dense(4, activation="relu", name="隐藏层")(x)
    x = layers.Dense(3, name="the answer")(x)
    return functional(kit, first, x, "named")


def prepared(kit):
    """What people write between layers."""
    layers = kit.layers
    first = layers.Input((5, 5, 3))
    x = first / 127.5 - 1.0
    x = layers.Conv2D(4, 3, name="conv")(x)
    y = 2.0 - layers.Conv2D(4, 3, padding="same", name="other")(x) * 0.5
    x = layers.GlobalAveragePooling2D(name="pool")(x + y)
    return functional(kit, first, layers.Dense(2, name="answer")(x + 0.25), "prepared")


def categories(kit):
    """Numbers of categories, written as ones in their places."""
    layers = kit.layers
    words = layers.Input((4,), dtype="int32", name="words")
    word = layers.Input((1,), dtype="int32", name="word")
    x = layers.CategoryEncoding(20, output_mode="multi_hot", name="several")(words)
    y = layers.CategoryEncoding(20, output_mode="count", name="counted")(words)
    z = layers.CategoryEncoding(20, output_mode="one_hot", name="one")(word)
    x = layers.Concatenate(name="joined")([x, y, z])
    return functional(kit, [words, word], layers.Dense(2, name="answer")(x), "categories")


def cropped(kit):
    """The middle of pictures, also of those that are too small."""
    layers = kit.layers
    first = layers.Input((7, 8, 2), name="picture")
    less = layers.CenterCrop(4, 5, name="less")(first)
    low = layers.CenterCrop(9, 6, name="low")(first)
    wide = layers.CenterCrop(6, 12, name="wide")(first)
    ends = [layers.Conv2D(2, 3, name=f"conv_{at}")(x) for at, x in enumerate([less, low, wide])]
    return functional(kit, first, ends, "cropped")


def cropped_at_random(kit):
    """Which is done while training; otherwise each version does something else."""
    layers = kit.layers
    first = layers.Input((9, 7, 2), name="picture")
    less = layers.RandomCrop(4, 5, name="less")(first)
    high = layers.RandomCrop(12, 6, name="high")(first)
    ends = [layers.Conv2D(2, 3, name=f"conv_{at}")(x) for at, x in enumerate([less, high])]
    pools = [layers.GlobalAveragePooling2D(name=f"pool_{at}")(x) for at, x in enumerate(ends)]
    return functional(kit, first, pools, "cropped_at_random")


def piped(kit):
    """Layers of preprocessing in a row, some of which do nothing outside training."""
    layers = kit.layers
    first = layers.Input((8, 7, 2), name="picture")
    steps = [layers.RandomFlip(name="flipped"), layers.CenterCrop(5, 6, name="middle"), layers.RandomZoom(0.2, name="zoomed")]
    x = layers.Pipeline(steps, name="steps")(first)
    return functional(kit, first, layers.Dense(2, name="answer")(layers.Flatten(name="flat")(x)), "piped")


def bars(kit):
    """Learns to tell small pictures apart; TensorFlow.js has no such normalization."""
    layers = kit.layers
    first = layers.Input((8, 8, 1), name="picture")
    x = layers.Conv2D(6, 3, padding="same", use_bias=False, name="first")(first)
    x = layers.GroupNormalization(3, name="groups")(x)
    x = layers.Activation("silu", name="bent")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dropout(0.2, name="drop")(x)
    x = layers.Dense(12, activation="relu", name="hidden")(x)
    return functional(kit, first, layers.Dense(3, activation="softmax", name="answer")(x), "bars")


def summed(kit):
    """What Keras 3 makes of operators between tensors."""
    layers = kit.layers
    first = layers.Input((5,))
    x, y = layers.Dense(4)(first), layers.Dense(4)(first)
    return functional(kit, first, (x + y) * x - y, "summed")


def by_name(kit):
    """Takes a dict and gives one: Keras counts both by name."""
    layers = kit.layers
    left, right = layers.Input((4,), name="z_left"), layers.Input((3,), name="a_right")
    x = layers.Concatenate()([left, right])
    given = {"width": left, "age": right}
    said = {"size": layers.Dense(2, name="a")(x), "kind": layers.Dense(3, name="b", activation="softmax")(x)}
    return functional(kit, given, said, "by_name")


def half(kit):
    """Computed in float16 by Keras, and in float32 here."""
    layers = kit.layers
    first = layers.Input((8, 8, 2))
    x = layers.Conv2D(6, 3, dtype="mixed_float16")(first)
    x = layers.ReLU(dtype="mixed_float16")(x)
    x = layers.Flatten(dtype="mixed_float16")(x)
    x = layers.Dense(5, dtype="mixed_float16")(x)
    return functional(kit, first, layers.Softmax(dtype="float32")(x), "half")


def adapted(kit):
    """Low-rank products beside kernels: .h5 files hold them apart, .keras files added up."""
    layers = kit.layers
    words = layers.Input((5, 5), dtype="int32", name="words")
    x = layers.Embedding(20, 2, name="embed")(words)
    x = layers.Conv2D(6, 3, name="conv")(x)
    x = layers.Reshape((9, 6), name="rows")(x)
    x = layers.EinsumDense("abc,cd->abd", output_shape=(9, 5), bias_axes="d", name="einsum")(x)
    x = layers.TimeDistributed(layers.Dense(4, activation="relu", name="step"), name="each")(x)
    inside = layers.Input((9, 4))
    x = kit.Model(inside, layers.Dense(3, use_bias=False, name="dense")(inside), name="tower")(x)
    x = layers.Flatten(name="flat")(x)
    model = functional(kit, words, layers.Dense(3, name="answer")(x), "adapted")
    model.get_layer("embed").enable_lora(1, lora_alpha=3)
    model.get_layer("conv").enable_lora(2, lora_alpha=6)
    model.get_layer("einsum").enable_lora(2)
    model.get_layer("each").layer.enable_lora(2, lora_alpha=3)
    model.get_layer("tower").get_layer("dense").enable_lora(1, lora_alpha=4)
    model.get_layer("answer").enable_lora(2, lora_alpha=8)
    return model


def both_ways(kit):
    """What a file of Keras 3 says of the way back is in its own spelling."""
    layers = kit.layers
    rows = layers.Input((5, 4), name="rows")
    silu = "swish" if kit.__version__.startswith("2") else "silu"
    first = layers.LSTM(3, activation=silu, recurrent_activation="hard_sigmoid", return_sequences=True)
    x = layers.Bidirectional(first, name="both")(rows)
    x = layers.Bidirectional(layers.GRU(3, reset_after=False), merge_mode="ave", name="again")(x)
    return functional(kit, rows, layers.Dense(2, name="answer")(x), "both_ways")


def published(kit):
    """Layers that keras.applications define for themselves."""
    from importlib import import_module

    of = import_module(f"{kit.__name__}.src.applications.convnext")
    scale = import_module(f"{kit.__name__}.src.applications.inception_resnet_v2").CustomScaleLayer
    layers = kit.layers
    first = layers.Input((6, 6, 3))
    x = layers.Conv2D(4, 3, padding="same", name="conv")(first)
    y = of.LayerScale(0.5, 4, name="scaled")(layers.Conv2D(4, 1, name="point")(x))
    x = layers.Add(name="sum")([x, of.StochasticDepth(0.2, name="dropped")(y)])
    x = scale(0.17, name="both")([x, layers.Conv2D(4, 1, name="other")(x)])
    return functional(kit, first, layers.GlobalAveragePooling2D(name="mean")(x), "published")


COMMON = [
    *[two_inputs, shuffled, stock, efficient, recurrent, sequences, rooms, resized, attention, transformer, einsum],
    *[masked, masked_output, masked_steps, states, cells, nested, over_time, shapes, prepared, half, by_name],
]
BY_VERSION = [settings, normal, functions, sequential, transposed]
ONLY_KERAS_3 = [summed, named, bars, adapted]
# At the end, so that the numbers of the others stay as they are.
ALSO_COMMON = [categories, cropped, cropped_at_random, both_ways, published]
ALSO_ONLY_KERAS_3 = [piped]
# Such a file does not say whose the classes are: Keras does not open it either.
NOT_AS_H5 = [published]
