"""The table of backbones: one row is all that a new architecture needs.

Names, files and MD5 sums of the ImageNet weights are those that Keras Applications
publishes (https://keras.io/api/applications/); the files are downloaded only with
the user's consent (see `trainer.models.network.imagenet`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from trainer.errors import UserError

Preprocessing = Literal["minus_one_to_one", "imagenet_bgr_mean", "imagenet_mean_std", "inside"]

_PUBLISHED = "https://storage.googleapis.com/tensorflow/keras-applications"


@dataclass(frozen=True)
class WeightsFile:
    """A published file of ImageNet weights without the classification layer.

    Attributes:
        url: where Keras Applications publishes it.
        md5: as published, lower-case hexadecimal; empty where none is published, in
            which case only the shapes of the weights can be checked.
    """

    url: str
    md5: str = ""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Backbone:
    """One architecture, of Keras Applications or with a function of its own.

    Attributes:
        name: as users write it, and as `keras.applications` calls it.
        input_size: side of the square input that it was designed for, pixels.
        smallest: the smallest side that it accepts, pixels.
        channels: K, the number of feature channels.
        parameters: number of its weights.
        preprocessing: what is done to RGB 0-255 before its first layer. "inside" means
            that the architecture has its own.
        top_block: first layer of the last block: where a fine-tuning starts to train that
            freezes the layers below.
        last_stride: names of the padding and of the convolution that halve the map for the
            last time, where that can be left out (see `build_network`); None where it cannot.
        weights: published ImageNet weights.
        paper: where it is described.
        build: builds it where Keras Applications has none of that name: from the
            preprocessed image, a Keras tensor (N, H, W, 3), to the features (N, h, w, K).
    """

    name: str
    input_size: int
    smallest: int
    channels: int
    parameters: int
    preprocessing: Preprocessing
    top_block: str
    weights: WeightsFile
    paper: str
    last_stride: tuple[str, str] | None = None
    build: Callable[[Any], Any] | None = None


_ROWS = (
    Backbone(
        name="MobileNetV2",
        input_size=224,
        smallest=32,
        channels=1280,
        parameters=2_257_984,
        preprocessing="minus_one_to_one",
        top_block="block_13_expand",
        weights=WeightsFile(
            f"{_PUBLISHED}/mobilenet_v2/"
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
        ),
        paper="Sandler et al. 2018, arXiv:1801.04381",
        last_stride=("block_13_pad", "block_13_depthwise"),
    ),
    Backbone(
        name="VGG16",
        input_size=224,
        smallest=32,
        channels=512,
        parameters=14_714_688,
        preprocessing="imagenet_bgr_mean",
        top_block="block5_conv1",
        weights=WeightsFile(
            f"{_PUBLISHED}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "6d6bbae143d832006294945121d1f1fc",
        ),
        paper="Simonyan and Zisserman 2014, arXiv:1409.1556",
    ),
    Backbone(
        name="ResNet50",
        input_size=224,
        smallest=32,
        channels=2048,
        parameters=23_587_712,
        preprocessing="imagenet_bgr_mean",
        top_block="conv5_block1_1_conv",
        weights=WeightsFile(
            f"{_PUBLISHED}/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "4d473c1dd8becc155b73f8504c6f6626",
        ),
        paper="He et al. 2015, arXiv:1512.03385",
    ),
    Backbone(
        name="Xception",
        input_size=299,
        smallest=71,
        channels=2048,
        parameters=20_861_480,
        preprocessing="minus_one_to_one",
        top_block="block13_sepconv1_act",
        weights=WeightsFile(
            f"{_PUBLISHED}/xception/xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "b0042744bf5b25fce3cb969f33bebb97",
        ),
        paper="Chollet 2016, arXiv:1610.02357",
    ),
    Backbone(
        name="DenseNet201",
        input_size=224,
        smallest=32,
        channels=1920,
        parameters=18_321_984,
        preprocessing="imagenet_mean_std",
        top_block="conv5_block1_0_bn",
        weights=WeightsFile(
            f"{_PUBLISHED}/densenet/densenet201_weights_tf_dim_ordering_tf_kernels_notop.h5",
            "c13680b51ded0fb44dff2d8f86ac8bb1",
        ),
        paper="Huang et al. 2016, arXiv:1608.06993",
    ),
    Backbone(
        name="EfficientNetB3",
        input_size=300,
        smallest=32,
        channels=1536,
        parameters=10_783_535,
        preprocessing="inside",
        top_block="block6a_expand_conv",
        weights=WeightsFile(
            "https://storage.googleapis.com/keras-applications/efficientnetb3_notop.h5",
            "af6d107764bb5b1abb91932881670226",
        ),
        paper="Tan and Le 2019, arXiv:1905.11946",
    ),
)

BACKBONES: dict[str, Backbone] = {row.name: row for row in _ROWS}


def find_backbone(name: str) -> Backbone:
    """Find the row of that name; capitals do not matter.

    Raises:
        UserError: there is none; the hint lists those that there are.
    """
    for row in BACKBONES.values():
        if row.name.lower() == name.strip().lower():
            return row
    message = f"There is no network called “{name}”." if name else "No network was named."
    raise UserError(message, f"Choose one of {', '.join(BACKBONES)}.")
