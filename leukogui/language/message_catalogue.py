"""The messages of the worker that a person reads most, with patterns for their translation.

The worker's messages are in English, as the results are that it saves. What a name in braces
stands for is in `trainer.message_patterns`."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from leukogui.language.audit_messages import AUDIT_FINDINGS
from leukogui.language.training_messages import TRAININGS


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Told", text))


DECISIONS = (
    _t("the image has no colour"),
    _t("outside the model's classes with probability {p}"),
    _t("{n} times as far from known cells as the limit"),
    _t("probability {p} under {limit}"),
    _t("no cell was outlined; the whole image was judged"),
    _t(
        "possible blast: {name} with probability {p}, {n} times as far from known cells as the "
        "limit"
    ),
)
STAGES = (
    _t("classifying"),
    _t("measuring red cells"),
    _t("finding the layer of cells"),
    _t("scanning"),
    _t("scanning parts"),
    _t("testing the device"),
    _t("comparing images"),
    _t("counting"),
    _t("drawing cells"),
    _t("computing features"),
    _t("reading cells"),
    _t("judging each cell by the others"),
    _t("measuring the learning curve"),
    _t("writing {file}"),
    _t("writing"),
)
STATISTICS = (
    _t("1 white cell was"),
    _t("{n} white cells were"),
    _t("Only {many} classified; {m} or more are the custom."),
    _t(
        "{name}: the interval {least}-{most} % spans {limit} %; this many cells cannot tell on "
        "which side it is."
    ),
    _t("{n} of {m} cells are unknown or wait for review and are in no percentage."),
    _t("{name}: {limit} % is reached; all that is known allows {least}-{most} %."),
    _t("{name}: {limit} % is not reached; all that is known allows {least}-{most} %."),
    _t("{name}: whether {limit} % is reached is open; all that is known allows {least}-{most} %."),
    _t(
        "{n} of {m} cells were reviewed; their shares are those of the case only if they were "
        "taken at random."
    ),
    _t(
        "What the model promises does not hold for images of a source that is not named: how many "
        "of the accepted cells are right is not known there."
    ),
    _t(
        "What the model promises does not hold for images of {source}: how many of the accepted "
        "cells are right is not known there."
    ),
    _t("The model's card has no measurement on a source that it did not learn from."),
    _t("Measured elsewhere: {text}"),
    _t("Of {n} accepted cells reviewed here {m} are right: {p} % ({least}-{most} %)."),
    _t(
        "{n} accepted cells, taken at random and reviewed, would show that {p} % or more are right "
        "if all of them are, {m} if one is wrong (exact bound of Clopper and Pearson)."
    ),
    _t("1 cell is cut by the edge of a field and in no percentage."),
    _t("{n} cells are cut by the edge of a field and in no percentage."),
)
CASES = (
    _t("Nobody signs."),
    _t("Give the name of the person who signs."),
    _t("The case {name} was signed by {person} on {day} and cannot be changed."),
    _t("Reopen it first; a reason is kept with that."),
    _t("{folder} belongs to the case already."),
    _t("{folder} holds {path}, which belongs to the case."),
    _t("Choose a folder beside it, or open the outer folder as a case of its own."),
    _t("{folder} lies on another drive than the case."),
    _t("Bring the folders to one drive."),
    _t("{folder} is not there; its images are left out."),
    _t("Bring it back to its place beside the folder of the case."),
    _t("The images in {folder} are not those of this case."),
    _t("Choose the folder that holds the same files under the same names."),
    _t("{folder} is already the folder of the case {name}."),
    _t("A case is reopened by a person, with a reason."),
    _t("The case is not signed, so it cannot be reopened."),
    _t(
        "{n} cells keep the case from being signed: {m} not decided, {k} unknown, {l} accepted "
        "but not reviewed."
    ),
    _t("Review or exclude them first, or sign with a lower requirement."),
)
DEVICES = (
    _t("no GPU was found"),
    _t("{card} is there, but no installed framework sees it ({names})"),
    _t("{card} is built in and slower; it is used if the GPU is asked for"),
    _t("no faster precision passed this model's gate on this processor; f32 is used"),
    _t("No GPU can be used: {why}."),
    _t("The memory of {device} ran out"),
    _t("{device} failed"),
    _t("{what}; going on on the CPU"),
    _t("{what}; going on on the CPU."),
)
IMAGES = (
    _t("Plane {n}: {why}"),
    _t("The {kind} file is cut off before its end."),
    _t("The {kind} file is damaged: {why}."),
    _t("The {kind} file is damaged."),
    _t("There is not enough memory to decode the {kind} file."),
    _t("The file is empty."),
    _t("The file holds nothing but zeros."),
    _t("The file cannot be read: {reason}."),
    _t("The file is not an image that can be read (JPEG, PNG, TIFF, BMP or WebP)."),
    _t("The file is a pointer of Git LFS; the image itself was not fetched."),
    _t("Fetch the images with git lfs pull in their folder, or copy them from where they are."),
    _t("The file is a pointer of git-annex; the image itself was not fetched."),
    _t("Fetch the images with git annex get in their folder, or copy them from where they are."),
    _t("The file is a web page, not an image."),
    _t("Download the image again: sites give a page where a login or a click is wanted."),
    _t("The file is a shortcut to another file, not an image."),
    _t("Copy the image itself."),
    _t("The file holds text, not an image."),
    _t("Open it in an editor to see what it is, and copy the image again."),
    _t(
        "The image holds {w} x {h} pixels ({m} megapixels); the limit is {limit} megapixels.",
    ),
    _t("The file is a scan of a whole slide, not an image of cells."),
    _t("The pages of the file show {n} scenes, not focal planes of one."),
    _t("Save each of them as a file of its own."),
    _t("its pixels break off or make no sense"),
    _t("some of its pixels are missing"),
    _t("its pixels are interrupted"),
    _t("its header makes no sense"),
    _t("its header is too short"),
    _t("its parts do not follow each other"),
    _t("parts of its picture are missing"),
    _t("its pages cannot all be read"),
    _t("it holds no picture"),
    _t("a checksum is wrong"),
    _t("Copy the file again from where it came from."),
    _t("Open it in an image program and save it again as TIFF, PNG or JPEG."),
    _t("Export a smaller part of it, or raise the limit in the settings."),
)
PAGES = (
    _t("{n} focal planes, plane {m} judged"),
    _t("{n} preview left out"),
    _t("{n} previews left out"),
    _t("page {n} left out: {why}"),
    _t("pages {names} left out: {why}"),
    _t("image {n} of the file left out"),
    _t("a mask or drawing"),
    _t("a copy with drawing"),
    _t("an empty page"),
    _t("without colour"),
    _t("not in colour"),
    _t("stored with other channels"),
    _t("{w} x {h} pixels, not {x} x {y}"),
)
SOURCES = (
    _t(
        "The model was not calibrated for images of a source that is not named; its "
        "probabilities hold for {names} only."
    ),
    _t(
        "The model was not calibrated for images of {source}; its probabilities hold for "
        "{names} only."
    ),
    _t(
        "If yours is one of them, name it in the source profile; else review a part of the "
        "cells before you rely on them."
    ),
    _t("Review a part of the cells before you rely on them."),
    _t("Too few red cells stand alone to measure their size; it was assumed."),
    _t("If you know it, say it in the source profile."),
    _t("There is no folder {folder}."),
    _t("Give the folder of the images."),
)
RUNS = (
    _t("Going on with the run of {time}: {n} are done."),
    _t(
        "The model was not calibrated for images of {why}; its probabilities hold for {names} only."
    ),
    _t("a source that is not named"),
    _t("Too few red cells stand alone to measure their size; it was assumed."),
    _t("If you know it, say it in the source profile."),
    _t("The folder {folder} is gone; whether its images changed is not known."),
    _t("What was said of them is kept."),
)
ERRORS = (
    _t(
        "Some labels differ only in case, spaces, underscores, hyphens or characters that nobody "
        "sees: {names}."
    ),
    _t("Labels were taken as one: {names}."),
    _t("The folder {folder} is gone."),
    _t("Bring it back, then go on with the run: what was done is kept."),
    _t("No image was found in {folder}."),
    _t("{folder} was not classified yet."),
    _t("No cell was outlined: only colour and fine detail could be taken away."),
    _t("No nucleus stands out: nucleus and cytoplasm could not be taken away."),
    _t("The model sees the whole image: only colour and fine detail can be taken away."),
    _t("No cell was outlined: where in it the heat lies cannot be measured."),
    _t("No nucleus stands out: its share of the heat cannot be measured."),
    _t("The maps of the model did not pass their gates: where their heat lies says little."),
    _t("{name} has changed since it was classified."),
    _t("The model {name} is not the one of run {n} any more."),
    _t("The model {name} of run {n} is not on this computer any more."),
    _t("The disk is full."),
    _t("The disk is full: {file} was not written."),
    _t("Free some space, or choose another folder; what was there before is unchanged."),
    _t("{folder} cannot be written to."),
    _t("Choose another folder."),
    _t("Choose another folder, or have this one made writable."),
    _t("The computer's memory ran out."),
    _t("Close other programs, or work on fewer or smaller images at a time."),
    _t("{path} could not be written: {reason}."),
    _t("The disk is full: {path} needs {size} more and the disk has {free} free."),
    _t("Nothing that was stored before is lost."),
    _t("Make room, then go on."),
    _t("The store {path} is damaged."),
    _t("The store {path} is damaged ({reason})."),
    _t("Restore the backup {name}; the damaged file is kept beside it."),
    _t("There is no backup yet."),
    _t("Move the file away to begin with an empty store."),
    _t("The store {path} is locked by {holder}."),
    _t("Close the other window or run, then try again."),
    _t("The background process stopped: {why}."),
    _t("the system or a person ended it by force; often because memory ran out ({name})"),
    _t("it reached for memory that is not its own ({name})"),
    _t("What is committed is safe; start the work again to go on."),
    _t("Where it happened is in {path}."),
    _t("The log is {path}."),
)
FILES = (
    _t("1 file was not read: {names}."),
    _t("{n} files were not read: {names}."),
    _t("1 file {name} is {format}."),
    _t("{n} files {name} are {format}."),
    _t("1 image is still in the cloud."),
    _t("{n} images are still in the cloud."),
    _t("Download what is in the cloud, then start again."),
    _t("Images are JPEG, PNG, TIFF, BMP and WebP files."),
    _t("The folder holds {names}."),
    _t("The option --any-suffix reads them."),
)
EXPORTS = (
    _t("The logo {path} is no PNG or JPEG of at most 5 MB."),
    _t("The logo {path} cannot be read."),
    _t("The logo {path} cannot be read: {why}"),
    _t("Choose a PNG or JPEG file of at most 5 MB."),
    _t("The earlier case is not compared: {why}"),
    _t("Left out: 1 image that cannot be read any more, as {name}."),
    _t("Left out: {n} images that cannot be read any more, as {name}."),
    _t("Put the images back, and export again."),
    _t("Left out: 1 cell that a person excluded."),
    _t("Left out: {n} cells that a person excluded."),
    _t("1 cell is pending, and got no label."),
    _t("{n} cells are pending, and got no label."),
    _t("Review them first."),
    _t("No crops: 1 image changed or vanished since, as {name}."),
    _t("No crops: {n} images changed or vanished since, as {name}."),
    _t("Classify the folder again, and then export."),
)
MODELS = (
    _t("The heat maps of {model} were not checked."),
    _t("The data hold no {classes}: figures are of the other classes."),
    _t("The model was not taught {classes}: these cells count as unknown kinds."),
    _t(
        "The model was not calibrated for images of a source that is not named; its "
        "probabilities hold for {names} only."
    ),
    _t(
        "The model was not calibrated for images of {source}; its probabilities hold for "
        "{names} only."
    ),
    _t("Few cells to measure on of {classes}: see how wide their intervals are."),
    _t(
        "Patients are not known: cells are taken for independent, and intervals are narrower "
        "than they would be by patient."
    ),
    _t(
        "The cells to measure on are of {n} patients only: little is said of others, and "
        "intervals by patient are too narrow for so few."
    ),
    _t(
        "All cells are of one patient: the intervals hold for more cells of this patient, and "
        "nothing is said of other patients."
    ),
    _t(
        "Patients are not known: cells are taken for independent, and the judgement is more "
        "certain than it would be by patient."
    ),
    _t(
        "Some cells are of one patient: the interval of the difference takes that into account,"
        " the p-values take cells for independent."
    ),
    _t("{candidate} does not report {classes}: such cells count as wrong."),
    _t("Left out: {n} cells that {candidate} was not evaluated on."),
    _t("Left out: {n} images that a model learned from, by their bytes: {names}."),
    _t("judging cells"),
    _t("making cells worse"),
    _t("{candidate} was judged worse than {serving} on the same {n} cells for {classes}."),
    _t("{candidate} was judged worse than {serving} on the same {n} cells."),
    _t("{candidate} does not report {classes}, which {serving} does."),
)
ADAPTATIONS = (
    _t("No cell of {root} was reviewed yet."),
    _t("All {n} corrected cells are of one class: {names}."),
    _t("Nothing can be learned from them but to call every cell that."),
    _t("Review some cells of other classes as well; a few are enough."),
    _t("No cell is left to learn from."),
    _t("Leave out fewer labels."),
    _t("Left out: {n} corrected cells whose image is gone: {names}."),
    _t("Left out: {n} reviewed cells whose image is another now: {names}."),
    _t("No image of a corrected cell can be read; the new model could not be checked."),
    _t("Put the images back where they were."),
    _t("The cells of {root} were classified by a network other than that of {model}."),
    _t("Classify the folder with this model to see what changes."),
    _t("The features of the cells of {root} were not stored."),
    _t("The features of the cells of {root} were not stored, or are of several networks."),
    _t("Classify the folder again."),
    _t(
        "{model} was judged worse than {origin}, which it was adapted from, by the {n} corrected "
        "cells."
    ),
    _t("{model} serves again."),
)
SENTENCES = (
    *(*DECISIONS, *STAGES, *STATISTICS, *DEVICES, *IMAGES, *PAGES),
    *(*SOURCES, *ERRORS, *FILES, *EXPORTS, *CASES, *MODELS),
    *(*ADAPTATIONS, *TRAININGS, *AUDIT_FINDINGS),
)
