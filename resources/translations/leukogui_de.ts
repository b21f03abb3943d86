<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>AblationSection</name>
  <message>
   <source>Bars: log-odds of the prediction that are lost; hollow, where it gains some</source>
   <translation>Balken: Log-Odds der Vorhersage, die verloren gehen; hohl, wo sie welche gewinnt</translation>
  </message>
  <message>
   <source>Heat: {n} in the nucleus, {c} in the cytoplasm, {b} beside the cell</source>
   <translation>Heatmap: {n} im Kern, {c} im Zytoplasma, {b} neben der Zelle</translation>
  </message>
  <message>
   <source>In a round outline the prediction would be {kind} ({p}).</source>
   <translation>Mit rundem Umriss wäre die Vorhersage {kind} ({p}).</translation>
  </message>
  <message>
   <source>Measuring …</source>
   <translation>Wird gemessen …</translation>
  </message>
  <message>
   <source>Nucleus: {n} of the cell's area</source>
   <translation>Kern: {n} der Zellfläche</translation>
  </message>
  <message>
   <source>Takes parts of the cell away, one at a time, and classifies what is left</source>
   <translation>Nimmt der Zelle einen Teil nach dem anderen und klassifiziert, was bleibt</translation>
  </message>
  <message>
   <source>The prediction stays {kind}, whichever of these is taken away.</source>
   <translation>Die Vorhersage bleibt {kind}, was auch immer davon fehlt.</translation>
  </message>
  <message>
   <source>What the prediction rests on</source>
   <translation>Worauf die Vorhersage beruht</translation>
  </message>
  <message>
   <source>With an even nucleus the prediction would be {kind} ({p}).</source>
   <translation>Mit einfarbigem Kern wäre die Vorhersage {kind} ({p}).</translation>
  </message>
  <message>
   <source>Without colour the prediction would be {kind} ({p}).</source>
   <translation>Ohne Farbe wäre die Vorhersage {kind} ({p}).</translation>
  </message>
  <message>
   <source>Without fine detail the prediction would be {kind} ({p}).</source>
   <translation>Ohne feine Einzelheiten wäre die Vorhersage {kind} ({p}).</translation>
  </message>
  <message>
   <source>Without its cytoplasm the prediction would be {kind} ({p}).</source>
   <translation>Ohne das Zytoplasma wäre die Vorhersage {kind} ({p}).</translation>
  </message>
  <message>
   <source>colour</source>
   <translation>Farbe</translation>
  </message>
  <message>
   <source>cytoplasm</source>
   <translation>Zytoplasma</translation>
  </message>
  <message>
   <source>fine detail</source>
   <translation>feine Einzelheiten</translation>
  </message>
  <message>
   <source>outline</source>
   <translation>Umriss</translation>
  </message>
  <message>
   <source>texture of the nucleus</source>
   <translation>Struktur des Kerns</translation>
  </message>
 </context>
 <context>
  <name>About</name>
  <message>
   <source>Built with</source>
   <translation>Gebaut mit</translation>
  </message>
  <message>
   <source>For research use only. This program is not a medical device: it must not be used to diagnose or to decide on a treatment. What it says of a cell is a suggestion that a person has to check.</source>
   <translation>Nur für Forschungszwecke. Dieses Programm ist kein Medizinprodukt: Es darf weder zur Diagnose noch für Therapieentscheidungen verwendet werden. Was es über eine Zelle sagt, ist ein Vorschlag, den ein Mensch prüfen muss.</translation>
  </message>
  <message>
   <source>Leuko is licensed under the Apache License 2.0.</source>
   <translation>Leuko steht unter der Apache-Lizenz 2.0.</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>full edition</source>
   <translation>Vollausgabe</translation>
  </message>
  <message>
   <source>no licence named</source>
   <translation>keine Lizenz genannt</translation>
  </message>
  <message>
   <source>reader edition, without training</source>
   <translation>Leseausgabe, ohne Training</translation>
  </message>
 </context>
 <context>
  <name>AboutDialog</name>
  <message>
   <source>About Leuko</source>
   <translation>Über Leuko</translation>
  </message>
  <message>
   <source>Licences</source>
   <translation>Lizenzen</translation>
  </message>
 </context>
 <context>
  <name>ActDialog</name>
  <message>
   <source>Copy as command</source>
   <translation>Als Befehl kopieren</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>Reason, if any; it is kept in the trail of the models</source>
   <translation>Grund, falls es einen gibt; er bleibt im Verlauf der Modelle</translation>
  </message>
  <message>
   <source>Reason, which is kept in the trail of the models</source>
   <translation>Grund; er bleibt im Verlauf der Modelle</translation>
  </message>
 </context>
 <context>
  <name>ActTable</name>
  <message>
   <source>What was done with the model</source>
   <translation>Was mit dem Modell geschah</translation>
  </message>
 </context>
 <context>
  <name>Actions</name>
  <message>
   <source>&amp;100 %, pixel for pixel</source>
   <translation>&amp;100 %, Pixel für Pixel</translation>
  </message>
  <message>
   <source>&amp;About</source>
   <translation>Ü&amp;ber Leuko</translation>
  </message>
  <message>
   <source>&amp;Accept and go on</source>
   <translation>&amp;Akzeptieren und weiter</translation>
  </message>
  <message>
   <source>&amp;Add a folder to the queue…</source>
   <translation>Ordner in die Warteschla&amp;nge stellen…</translation>
  </message>
  <message>
   <source>&amp;Audit trail…</source>
   <translation>&amp;Protokoll…</translation>
  </message>
  <message>
   <source>&amp;Brightness and contrast as in the file</source>
   <translation>Helligkeit und Kontr&amp;ast wie in der Datei</translation>
  </message>
  <message>
   <source>&amp;Case</source>
   <translation>&amp;Fall</translation>
  </message>
  <message>
   <source>&amp;Close the case</source>
   <translation>Fall &amp;schließen</translation>
  </message>
  <message>
   <source>&amp;Compare with the pinned cell</source>
   <translation>&amp;Mit der angehefteten Zelle vergleichen</translation>
  </message>
  <message>
   <source>&amp;Copy as command</source>
   <translation>Als Befehl &amp;kopieren</translation>
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation>&amp;Dunkel</translation>
  </message>
  <message>
   <source>&amp;Find by name</source>
   <translation>Nach &amp;Namen suchen</translation>
  </message>
  <message>
   <source>&amp;Fit the whole image</source>
   <translation>Ganzes Bild ein&amp;passen</translation>
  </message>
  <message>
   <source>&amp;Go on with the stopped run</source>
   <translation>Angehaltenen Lauf &amp;fortsetzen</translation>
  </message>
  <message>
   <source>&amp;Grouped by verdict</source>
   <translation>Nach Ur&amp;teil gruppieren</translation>
  </message>
  <message>
   <source>&amp;Heat map</source>
   <translation>&amp;Heatmap</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>&amp;Hilfe</translation>
  </message>
  <message>
   <source>&amp;Import a model…</source>
   <translation>Modell &amp;importieren…</translation>
  </message>
  <message>
   <source>&amp;Import annotated cells…</source>
   <translation>Annotierte Zellen &amp;importieren…</translation>
  </message>
  <message>
   <source>&amp;Keys</source>
   <translation>&amp;Tastenkürzel</translation>
  </message>
  <message>
   <source>&amp;Label next</source>
   <translation>Nächste zum &amp;Lernen</translation>
  </message>
  <message>
   <source>&amp;Larger cells</source>
   <translation>Zellen &amp;größer</translation>
  </message>
  <message>
   <source>&amp;Models</source>
   <translation>&amp;Modelle</translation>
  </message>
  <message>
   <source>&amp;Next cell</source>
   <translation>&amp;Nächste Zelle</translation>
  </message>
  <message>
   <source>&amp;Next cell to review</source>
   <translation>&amp;Nächste Zelle zur Durchsicht</translation>
  </message>
  <message>
   <source>&amp;Open a folder…</source>
   <translation>&amp;Ordner öffnen…</translation>
  </message>
  <message>
   <source>&amp;Outline of the cell</source>
   <translation>&amp;Umriss der Zelle</translation>
  </message>
  <message>
   <source>&amp;Previous cell</source>
   <translation>&amp;Vorige Zelle</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>&amp;Beenden</translation>
  </message>
  <message>
   <source>&amp;Remove the cell from its field</source>
   <translation>Zelle aus ihrem Feld l&amp;öschen</translation>
  </message>
  <message>
   <source>&amp;Reopen the signed case…</source>
   <translation>Den unterschriebenen Fall wieder öff&amp;nen…</translation>
  </message>
  <message>
   <source>&amp;Report of the last mistake…</source>
   <translation>Bericht zum &amp;letzten Fehler…</translation>
  </message>
  <message>
   <source>&amp;Review the cells</source>
   <translation>Zellen dur&amp;chsehen</translation>
  </message>
  <message>
   <source>&amp;Run</source>
   <translation>&amp;Lauf</translation>
  </message>
  <message>
   <source>&amp;Run on all cells</source>
   <translation>&amp;Alle Zellen klassifizieren</translation>
  </message>
  <message>
   <source>&amp;Settings</source>
   <translation>&amp;Einstellungen</translation>
  </message>
  <message>
   <source>&amp;Show the image in its folder</source>
   <translation>Bild in seinem Ordner &amp;zeigen</translation>
  </message>
  <message>
   <source>&amp;Smaller cells</source>
   <translation>Zellen &amp;kleiner</translation>
  </message>
  <message>
   <source>&amp;Sort and filter</source>
   <translation>&amp;Sortieren und filtern</translation>
  </message>
  <message>
   <source>&amp;Take the review back</source>
   <translation>Durchsicht &amp;zurücknehmen</translation>
  </message>
  <message>
   <source>&amp;Teach models</source>
   <translation>Modelle &amp;trainieren</translation>
  </message>
  <message>
   <source>&amp;Tour of the window</source>
   <translation>&amp;Rundgang durch das Fenster</translation>
  </message>
  <message>
   <source>&amp;Try it on drawn cells</source>
   <translation>An gezeichneten Zellen &amp;ausprobieren</translation>
  </message>
  <message>
   <source>&amp;Unknown</source>
   <translation>&amp;Unbekannt</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>&amp;Ansicht</translation>
  </message>
  <message>
   <source>&amp;Zoom in</source>
   <translation>V&amp;ergrößern</translation>
  </message>
  <message>
   <source>A screen up or down</source>
   <translation>Eine Seite nach oben oder unten</translation>
  </message>
  <message>
   <source>A&amp;dapt the model to this lab…</source>
   <translation>Modell an dieses &amp;Labor anpassen…</translation>
  </message>
  <message>
   <source>A&amp;dd a missed cell</source>
   <translation>&amp;Übersehene Zelle hinzufügen</translation>
  </message>
  <message>
   <source>Accept what the model gives for the selected cells, and go on</source>
   <translation>Akzeptieren, was das Modell zu den gewählten Zellen angibt, und weitergehen</translation>
  </message>
  <message>
   <source>Add a &amp;folder to the case…</source>
   <translation>Dem Fall einen Or&amp;dner hinzufügen…</translation>
  </message>
  <message>
   <source>Add a missed cell: click it, or draw a box around it</source>
   <translation>Übersehene Zelle hinzufügen: anklicken oder einen Rahmen darum ziehen</translation>
  </message>
  <message>
   <source>Add to re&amp;ferences</source>
   <translation>Zu den Re&amp;ferenzen</translation>
  </message>
  <message>
   <source>All cas&amp;es</source>
   <translation>Alle F&amp;älle</translation>
  </message>
  <message>
   <source>Bac&amp;k to the gallery</source>
   <translation>Zu&amp;rück zur Galerie</translation>
  </message>
  <message>
   <source>Beside the cell, the next reference cell of the class below it</source>
   <translation>Neben der Zelle die nächste Referenzzelle der Klasse, die darunter steht</translation>
  </message>
  <message>
   <source>Cells of the fie&amp;ld</source>
   <translation>Umrisse und &amp;Buchstaben der Zellen</translation>
  </message>
  <message>
   <source>Cells that were drawn in QuPath or another program, as drawn and reviewed here</source>
   <translation>Zellen, die in QuPath oder einem anderen Programm gezeichnet wurden, als hier gezeichnet und geprüft</translation>
  </message>
  <message>
   <source>Close the case: nothing of it can be changed until it is reopened</source>
   <translation>Den Fall abschließen: Nichts daran lässt sich ändern, bis er wieder geöffnet wird</translation>
  </message>
  <message>
   <source>Co&amp;mpare readers and models…</source>
   <translation>Befunder und Modelle &amp;vergleichen…</translation>
  </message>
  <message>
   <source>Copy, cut and insert text</source>
   <translation>Text kopieren, ausschneiden und einfügen</translation>
  </message>
  <message>
   <source>D&amp;etails of the case…</source>
   <translation>An&amp;gaben zum Fall…</translation>
  </message>
  <message>
   <source>E&amp;xport the results…</source>
   <translation>Ergebnisse e&amp;xportieren…</translation>
  </message>
  <message>
   <source>Everywhere</source>
   <translation>Überall</translation>
  </message>
  <message>
   <source>F&amp;old or unfold the group</source>
   <translation>Gruppe e&amp;in- oder ausklappen</translation>
  </message>
  <message>
   <source>First and last cell</source>
   <translation>Erste und letzte Zelle</translation>
  </message>
  <message>
   <source>Gallery</source>
   <translation>Galerie</translation>
  </message>
  <message>
   <source>Go back, close</source>
   <translation>Zurück, schließen</translation>
  </message>
  <message>
   <source>Go to the next or previous control</source>
   <translation>Zum nächsten oder vorigen Bedienelement</translation>
  </message>
  <message>
   <source>Heat maps of &amp;two classes</source>
   <translation>Heatmaps von &amp;2 Klassen</translation>
  </message>
  <message>
   <source>Heat maps of two classes side by side, and their difference</source>
   <translation>Heatmaps zweier Klassen nebeneinander, und ihr Unterschied</translation>
  </message>
  <message>
   <source>How far two readers, or a reader and a model, agree; the cells where they do not</source>
   <translation>Wie weit zwei Befunder, oder ein Befunder und ein Modell, übereinstimmen; die Zellen, in denen sie es nicht tun</translation>
  </message>
  <message>
   <source>Images of the same sample that lie in another folder; reviews and runs stay</source>
   <translation>Bilder derselben Probe, die in einem anderen Ordner liegen; Durchsicht und Läufe bleiben</translation>
  </message>
  <message>
   <source>Keep a copy of the selected cells, with their class, to compare others with</source>
   <translation>Eine Kopie der gewählten Zellen mit ihrer Klasse behalten, um andere mit ihr zu vergleichen</translation>
  </message>
  <message>
   <source>L&amp;ight</source>
   <translation>He&amp;ll</translation>
  </message>
  <message>
   <source>Lab or scanner, stain and size of the red cells of this case</source>
   <translation>Labor oder Scanner, Färbung und Größe der Erythrozyten dieses Falls</translation>
  </message>
  <message>
   <source>Light or dark as the s&amp;ystem</source>
   <translation>Hell oder dunkel wie das S&amp;ystem</translation>
  </message>
  <message>
   <source>Move in the gallery</source>
   <translation>In der Galerie bewegen</translation>
  </message>
  <message>
   <source>Move the picture; where all of it is seen, another cell</source>
   <translation>Bild verschieben, sonst eine andere Zelle</translation>
  </message>
  <message>
   <source>Ne&amp;xt reference cell</source>
   <translation>Nä&amp;chste Referenzzelle</translation>
  </message>
  <message>
   <source>Next focal &amp;plane</source>
   <translation>Nächste &amp;Fokusebene</translation>
  </message>
  <message>
   <source>Only &amp;accepted</source>
   <translation>Nur &amp;akzeptierte</translation>
  </message>
  <message>
   <source>Only &amp;failed</source>
   <translation>Nur &amp;fehlgeschlagene</translation>
  </message>
  <message>
   <source>Only &amp;unknown</source>
   <translation>Nur &amp;unbekannte</translation>
  </message>
  <message>
   <source>Only n&amp;ot classified</source>
   <translation>Nur nicht &amp;klassifizierte</translation>
  </message>
  <message>
   <source>Only to &amp;review</source>
   <translation>Nur zur &amp;Durchsicht</translation>
  </message>
  <message>
   <source>Open the &amp;cell at full size</source>
   <translation>Zelle in voller Grö&amp;ße öffnen</translation>
  </message>
  <message>
   <source>Open the &amp;log folder</source>
   <translation>&amp;Protokollordner öffnen</translation>
  </message>
  <message>
   <source>Outlines and letters of the cells of a field</source>
   <translation>Umrisse und Buchstaben der Zellen eines Feldes</translation>
  </message>
  <message>
   <source>P&amp;in the cell for comparing</source>
   <translation>Zelle zum Vergleichen anhef&amp;ten</translation>
  </message>
  <message>
   <source>Pane&amp;l of filters</source>
   <translation>Fi&amp;lterleiste</translation>
  </message>
  <message>
   <source>Press a button, select a cell</source>
   <translation>Schaltfläche drücken, Zelle auswählen</translation>
  </message>
  <message>
   <source>Previous focal pla&amp;ne</source>
   <translation>Vorige F&amp;okusebene</translation>
  </message>
  <message>
   <source>Re&amp;do</source>
   <translation>&amp;Wiederholen</translation>
  </message>
  <message>
   <source>Re&amp;view classes…</source>
   <translation>&amp;Klassen für die Durchsicht…</translation>
  </message>
  <message>
   <source>Remove a cell of a field that is none; it can be undone</source>
   <translation>Eine Zelle eines Feldes entfernen, die keine ist; das lässt sich rückgängig machen</translation>
  </message>
  <message>
   <source>Reviewed cells first whose review is contradicted; choose it again to judge anew</source>
   <translation>Zuerst die durchgesehenen Zellen, deren Durchsicht widersprochen wird; noch einmal wählen, um neu zu beurteilen</translation>
  </message>
  <message>
   <source>Run on the &amp;failed images again</source>
   <translation>Fehl&amp;geschlagene Bilder erneut klassifizieren</translation>
  </message>
  <message>
   <source>Run on the &amp;selection</source>
   <translation>Aus&amp;wahl klassifizieren</translation>
  </message>
  <message>
   <source>S&amp;can a part of the slide</source>
   <translation>Einen Teil des Ob&amp;jektträgers absuchen</translation>
  </message>
  <message>
   <source>S&amp;harpest focal plane</source>
   <translation>&amp;Schärfste Fokusebene</translation>
  </message>
  <message>
   <source>S&amp;top the run</source>
   <translation>Lauf an&amp;halten</translation>
  </message>
  <message>
   <source>S&amp;ummary</source>
   <translation>&amp;Zusammenfassung</translation>
  </message>
  <message>
   <source>Sample, patient, stain, magnification, reader and notes of this case</source>
   <translation>Probe, Patient, Färbung, Vergrößerung, Befunder und Notizen zu diesem Fall</translation>
  </message>
  <message>
   <source>Scan a part of the slide: draw a box around it</source>
   <translation>Einen Teil des Präparats absuchen: einen Rahmen darum ziehen</translation>
  </message>
  <message>
   <source>Seconds, by the reviewed cells of this case; nothing changes until you accept</source>
   <translation>In Sekunden, mit den durchgesehenen Zellen dieses Falls; bis Sie es annehmen, ändert sich nichts</translation>
  </message>
  <message>
   <source>Select all cells</source>
   <translation>Alle Zellen auswählen</translation>
  </message>
  <message>
   <source>Select more cells</source>
   <translation>Weitere Zellen auswählen</translation>
  </message>
  <message>
   <source>Show all &amp;cells</source>
   <translation>Alle &amp;Zellen zeigen</translation>
  </message>
  <message>
   <source>Si&amp;gn the case…</source>
   <translation>Den Fall unters&amp;chreiben…</translation>
  </message>
  <message>
   <source>So&amp;urce of the images…</source>
   <translation>&amp;Quelle der Bilder…</translation>
  </message>
  <message>
   <source>Sort by &amp;distance</source>
   <translation>Nach A&amp;bstand sortieren</translation>
  </message>
  <message>
   <source>Sort by &amp;name alone</source>
   <translation>Nur nach Na&amp;me sortieren</translation>
  </message>
  <message>
   <source>Sort by &amp;probability</source>
   <translation>Nach &amp;Wahrscheinlichkeit sortieren</translation>
  </message>
  <message>
   <source>Sort by &amp;urgency: possible blasts first</source>
   <translation>Nach Drin&amp;glichkeit: mögliche Blasten zuerst</translation>
  </message>
  <message>
   <source>Sort by d&amp;ecision</source>
   <translation>Nach &amp;Entscheidung sortieren</translation>
  </message>
  <message>
   <source>Sort by disagreement of &amp;models</source>
   <translation>Na&amp;ch Uneinigkeit der Modelle sortieren</translation>
  </message>
  <message>
   <source>Sort by f&amp;older and name</source>
   <translation>Nach &amp;Ordner und Name sortieren</translation>
  </message>
  <message>
   <source>Sort by suspected errors of re&amp;views</source>
   <translation>Nach &amp;vermuteten Fehlern der Durchsicht sortieren</translation>
  </message>
  <message>
   <source>Teach models by your own cells: trainings that go on in the background</source>
   <translation>Modelle mit eigenen Zellen trainieren; die Trainings laufen im Hintergrund</translation>
  </message>
  <message>
   <source>The &amp;wheel turns through focal planes</source>
   <translation>Mausrad &amp;wechselt die Fokusebene</translation>
  </message>
  <message>
   <source>The cells whose labels help a model most: one of each group of like cells</source>
   <translation>Die Zellen, deren Labels einem Modell am meisten helfen: eine aus jeder Gruppe ähnlicher Zellen</translation>
  </message>
  <message>
   <source>The command line that does the same, for a terminal or a script</source>
   <translation>Die Befehlszeile, die dasselbe tut, für ein Terminal oder ein Skript</translation>
  </message>
  <message>
   <source>The next cell that waits for a person: possible blasts first</source>
   <translation>Die nächste Zelle, die auf einen Menschen wartet: mögliche Blasten zuerst</translation>
  </message>
  <message>
   <source>The other &amp;way round</source>
   <translation>Umgekehrte &amp;Reihenfolge</translation>
  </message>
  <message>
   <source>The selected cells are of no class that can be named</source>
   <translation>Die gewählten Zellen gehören zu keiner Klasse, die sich nennen lässt</translation>
  </message>
  <message>
   <source>The wheel turns through focal planes; with Alt, it zooms</source>
   <translation>Das Mausrad wechselt die Fokusebene; mit Alt zoomt es</translation>
  </message>
  <message>
   <source>U&amp;ndo</source>
   <translation>Rüc&amp;kgängig</translation>
  </message>
  <message>
   <source>Ver&amp;dict</source>
   <translation>&amp;Urteil</translation>
  </message>
  <message>
   <source>Viewer</source>
   <translation>Betrachter</translation>
  </message>
  <message>
   <source>What &amp;computes, and self-test…</source>
   <translation>Womit &amp;gerechnet wird, Selbsttest…</translation>
  </message>
  <message>
   <source>What the model decided counts again for the selected cells</source>
   <translation>Für die gewählten Zellen gilt wieder, was das Modell entschied</translation>
  </message>
  <message>
   <source>Who did what when, with this case and with one cell</source>
   <translation>Wer wann was getan hat, am Fall und an einer Zelle</translation>
  </message>
  <message>
   <source>Zoom o&amp;ut</source>
   <translation>Verkle&amp;inern</translation>
  </message>
 </context>
 <context>
  <name>Adaptation</name>
  <message>
   <source>All cells are of one image or patient: the model could not be judged by them.</source>
   <translation>Alle Zellen sind von einem Bild oder Patienten: Das Modell ließ sich an ihnen nicht beurteilen.</translation>
  </message>
  <message>
   <source>Better for {classes}.</source>
   <translation>Besser für {classes}.</translation>
  </message>
  <message>
   <source>Better than {model}.</source>
   <translation>Besser als {model}.</translation>
  </message>
  <message>
   <source>It learns from {n} reviewed cells of this case: {classes}.</source>
   <translation>Es lernt von {n} durchgesehenen Zellen dieses Falls: {classes}.</translation>
  </message>
  <message>
   <source>Make “{name}” a class ({n} cells); else it stays outside of the classes</source>
   <translation>„{name}“ zur Klasse machen ({n} Zellen); sonst bleibt es außerhalb der Klassen</translation>
  </message>
  <message>
   <source>Make “{name}” a class ({n} cells); else its cells are left out</source>
   <translation>„{name}“ zur Klasse machen ({n} Zellen); sonst bleiben seine Zellen außen vor</translation>
  </message>
  <message>
   <source>No cell is new to {model}, so the two cannot be compared.</source>
   <translation>Keine Zelle ist für {model} neu; die beiden lassen sich nicht vergleichen.</translation>
  </message>
  <message>
   <source>No error is left among these cells by which to say what more of them would bring.</source>
   <translation>Unter diesen Zellen ist kein Fehler mehr, an dem sich ablesen ließe, was weitere brächten.</translation>
  </message>
  <message>
   <source>Not distinguishable from {model}.</source>
   <translation>Nicht unterscheidbar von {model}.</translation>
  </message>
  <message>
   <source>Not enough cells yet to say what more of them would bring: two classes with six images or patients each are needed.</source>
   <translation>Noch zu wenige Zellen, um zu sagen, was weitere brächten: Nötig sind zwei Klassen mit je sechs Bildern oder Patienten.</translation>
  </message>
  <message>
   <source>Not judged against {model}.</source>
   <translation>Nicht mit {model} verglichen.</translation>
  </message>
  <message>
   <source>Only the last layer moves, and it is held to what it was. Each cell is judged by a model that did not learn from it. Nothing changes until you accept.</source>
   <translation>Nur die letzte Schicht bewegt sich, und sie wird an dem gehalten, was sie war. Jede Zelle wird von einem Modell beurteilt, das nicht von ihr gelernt hat. Bis Sie annehmen, ändert sich nichts.</translation>
  </message>
  <message>
   <source>Outside of the classes</source>
   <translation>Außerhalb der Klassen</translation>
  </message>
  <message>
   <source>Reviewed as {kind}</source>
   <translation>Durchgesehen als {kind}</translation>
  </message>
  <message>
   <source>Twice as many reviewed cells ({n}) would likely bring a balanced accuracy of {value} ({low}–{high}), after {now} with the {m} of now.</source>
   <translation>Doppelt so viele durchgesehene Zellen ({n}) brächten wohl eine ausgewogene Genauigkeit von {value} ({low}–{high}), nach {now} mit den {m} von jetzt.</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
  <message>
   <source>Without a reviewed cell, so left to what it knows: {classes}.</source>
   <translation>Ohne durchgesehene Zelle, daher wie bisher: {classes}.</translation>
  </message>
  <message>
   <source>Worse for {classes}.</source>
   <translation>Schlechter für {classes}.</translation>
  </message>
  <message>
   <source>Worse than {model}.</source>
   <translation>Schlechter als {model}.</translation>
  </message>
  <message>
   <source>accepted</source>
   <translation>akzeptiert</translation>
  </message>
  <message>
   <source>better</source>
   <translation>besser</translation>
  </message>
  <message>
   <source>not distinguishable</source>
   <translation>nicht unterscheidbar</translation>
  </message>
  <message>
   <source>not judged</source>
   <translation>nicht beurteilt</translation>
  </message>
  <message>
   <source>to review</source>
   <translation>zur Durchsicht</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>unbekannt</translation>
  </message>
  <message>
   <source>worse</source>
   <translation>schlechter</translation>
  </message>
  <message>
   <source>{kind}?</source>
   <translation>{kind}?</translation>
  </message>
  <message>
   <source>{n} of {m} cells of this case would change</source>
   <translation>{n} von {m} Zellen dieses Falls würden sich ändern</translation>
  </message>
  <message>
   <source>{verdict}: of {n} cells that it did not learn from, {before} were right before and {after} are now (p = {p}).</source>
   <translation>{verdict}: Von {n} Zellen, von denen es nicht gelernt hat, waren zuvor {before} richtig und sind es jetzt {after} (p = {p}).</translation>
  </message>
  <message>
   <source>{verdict}: of {n} cells that neither learned from, {before} were right before and {after} are now (p = {p}).</source>
   <translation>{verdict}: Von {n} Zellen, von denen keines von beiden gelernt hat, waren zuvor {before} richtig und sind es jetzt {after} (p = {p}).</translation>
  </message>
 </context>
 <context>
  <name>AdaptationController</name>
  <message>
   <source>Adapting: {stage}</source>
   <translation>Anpassung: {stage}</translation>
  </message>
  <message>
   <source>Comparing the cells</source>
   <translation>Zellen werden verglichen</translation>
  </message>
  <message>
   <source>It did not work</source>
   <translation>Es ging nicht</translation>
  </message>
  <message>
   <source>Look at it</source>
   <translation>Ansehen</translation>
  </message>
  <message>
   <source>Nothing to adapt</source>
   <translation>Nichts anzupassen</translation>
  </message>
  <message>
   <source>Open a case and choose a model first.</source>
   <translation>Öffnen Sie zuerst einen Fall, und wählen Sie ein Modell.</translation>
  </message>
  <message>
   <source>Open {folder} to see which cells would change.</source>
   <translation>Öffnen Sie {folder}, um zu sehen, welche Zellen sich ändern würden.</translation>
  </message>
  <message>
   <source>Starting…</source>
   <translation>Beginnt…</translation>
  </message>
  <message>
   <source>Taken back</source>
   <translation>Zurückgenommen</translation>
  </message>
  <message>
   <source>The adaptation was stopped.</source>
   <translation>Die Anpassung wurde angehalten.</translation>
  </message>
  <message>
   <source>The adapted model: {verdict}</source>
   <translation>Das angepasste Modell: {verdict}</translation>
  </message>
  <message>
   <source>The command is on the clipboard.</source>
   <translation>Der Befehl ist in der Zwischenablage.</translation>
  </message>
 </context>
 <context>
  <name>AdaptationLine</name>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Look at it…</source>
   <translation>Ansehen…</translation>
  </message>
  <message>
   <source>Not now</source>
   <translation>Nicht jetzt</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Zeigen</translation>
  </message>
  <message>
   <source>Try them…</source>
   <translation>Ausprobieren…</translation>
  </message>
 </context>
 <context>
  <name>AdaptationOffer</name>
  <message>
   <source>{n} reviewed cells since the last adaptation: try them</source>
   <translation>{n} durchgesehene Zellen seit der letzten Anpassung: ausprobieren</translation>
  </message>
 </context>
 <context>
  <name>AdaptationWindow</name>
  <message>
   <source>Accept</source>
   <translation>Annehmen</translation>
  </message>
  <message>
   <source>Adapt the model to this lab</source>
   <translation>Modell an dieses Labor anpassen</translation>
  </message>
  <message>
   <source>Adapt {model} to this lab</source>
   <translation>{model} an dieses Labor anpassen</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Classify the case again</source>
   <translation>Fall neu klassifizieren</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Copy as command</source>
   <translation>Als Befehl kopieren</translation>
  </message>
  <message>
   <source>Progress of the adaptation</source>
   <translation>Fortschritt der Anpassung</translation>
  </message>
  <message>
   <source>Show them in the gallery</source>
   <translation>In der Galerie zeigen</translation>
  </message>
  <message>
   <source>The cells of this case keep what was decided until they are classified again; what you reviewed stays in any case. {before} stays among the models, and one click lets it serve again.</source>
   <translation>Die Zellen dieses Falls behalten ihre Entscheidung, bis sie neu klassifiziert werden; was Sie durchgesehen haben, bleibt auf jeden Fall. {before} bleibt bei den Modellen, und ein Klick nimmt es wieder in Gebrauch.</translation>
  </message>
  <message>
   <source>The model is being adapted. You can go on reviewing.</source>
   <translation>Das Modell wird angepasst. Sie können weiter durchsehen.</translation>
  </message>
  <message>
   <source>Throw away</source>
   <translation>Verwerfen</translation>
  </message>
  <message>
   <source>Try it</source>
   <translation>Ausprobieren</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>{model} is not in use yet: accept it, or throw it away.</source>
   <translation>{model} ist noch nicht in Gebrauch: Nehmen Sie es an, oder verwerfen Sie es.</translation>
  </message>
  <message>
   <source>{model} serves from now on.</source>
   <translation>{model} ist von jetzt an in Gebrauch.</translation>
  </message>
 </context>
 <context>
  <name>Agreement</name>
  <message>
   <source>Adjudicated</source>
   <translation>Entschieden</translation>
  </message>
  <message>
   <source>Cell</source>
   <translation>Zelle</translation>
  </message>
  <message>
   <source>Excluded</source>
   <translation>Ausgeschlossen</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
 </context>
 <context>
  <name>AgreementController</name>
  <message>
   <source>A blind reading: a CSV of file and label</source>
   <translation>Eine verblindete Durchsicht: eine CSV mit file und label</translation>
  </message>
  <message>
   <source>Give each of these cells its class: it is kept as adjudicated by you.</source>
   <translation>Geben Sie jeder dieser Zellen ihre Klasse: Sie wird als von Ihnen entschieden behalten.</translation>
  </message>
  <message>
   <source>Name of the reader; behind a colon the number of a repeated reading:</source>
   <translation>Name des Befunders; hinter einem Doppelpunkt die Nummer einer wiederholten Durchsicht:</translation>
  </message>
  <message>
   <source>Whose reading is it?</source>
   <translation>Wessen Durchsicht ist es?</translation>
  </message>
 </context>
 <context>
  <name>AgreementWindow</name>
  <message>
   <source>Adjudicate in the gallery</source>
   <translation>In der Galerie entscheiden</translation>
  </message>
  <message>
   <source>Agreement by label, the lowest first: {labels}</source>
   <translation>Übereinstimmung je Bezeichnung, die geringste zuerst: {labels}</translation>
  </message>
  <message>
   <source>All cells by both labels</source>
   <translation>Alle Zellen nach beiden Bezeichnungen</translation>
  </message>
  <message>
   <source>Cells that differ</source>
   <translation>Zellen, die sich unterscheiden</translation>
  </message>
  <message>
   <source>Cells that differ: {n}, adjudicated: {d}</source>
   <translation>Zellen, die sich unterscheiden: {n}, entschieden: {d}</translation>
  </message>
  <message>
   <source>Choose two that are not the same.</source>
   <translation>Wählen Sie zwei verschiedene.</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Compare readers and models</source>
   <translation>Befunder und Modelle vergleichen</translation>
  </message>
  <message>
   <source>Kappa {k} ({low}-{high}).</source>
   <translation>Kappa {k} ({low}-{high}).</translation>
  </message>
  <message>
   <source>Model {name}</source>
   <translation>Modell {name}</translation>
  </message>
  <message>
   <source>Read blind…</source>
   <translation>Verblindet durchsehen…</translation>
  </message>
  <message>
   <source>Take in a blind reading…</source>
   <translation>Verblindete Durchsicht aufnehmen…</translation>
  </message>
  <message>
   <source>The first, whose labels are compared</source>
   <translation>Wessen Bezeichnungen verglichen werden, die ersten</translation>
  </message>
  <message>
   <source>The second, whose labels are compared</source>
   <translation>Wessen Bezeichnungen verglichen werden, die zweiten</translation>
  </message>
  <message>
   <source>There are labels of one reader or model only. Run a second model, review cells, or take in a blind reading.</source>
   <translation>Es gibt nur Bezeichnungen eines Befunders oder Modells. Lassen Sie ein zweites Modell laufen, sehen Sie Zellen durch, oder nehmen Sie eine verblindete Durchsicht auf.</translation>
  </message>
  <message>
   <source>They are being compared…</source>
   <translation>Sie werden verglichen…</translation>
  </message>
  <message>
   <source>Too few labels for a kappa.</source>
   <translation>Zu wenige Bezeichnungen für ein Kappa.</translation>
  </message>
  <message>
   <source>with</source>
   <translation>mit</translation>
  </message>
  <message>
   <source>{name}, blind reading {n}</source>
   <translation>{name}, verblindete Durchsicht {n}</translation>
  </message>
  <message>
   <source>{name}, reviews</source>
   <translation>{name}, Durchsicht</translation>
  </message>
  <message>
   <source>{n} cells in common, {p} with the same label ({low}-{high}).</source>
   <translation>{n} gemeinsame Zellen, {p} mit derselben Bezeichnung ({low}-{high}).</translation>
  </message>
 </context>
 <context>
  <name>AuditPage</name>
  <message>
   <source>By patient</source>
   <translation>Nach Patient</translation>
  </message>
  <message>
   <source>By source</source>
   <translation>Nach Quelle</translation>
  </message>
  <message>
   <source>By split</source>
   <translation>Nach Aufteilung</translation>
  </message>
  <message>
   <source>Cells of each class</source>
   <translation>Zellen jeder Klasse</translation>
  </message>
  <message>
   <source>Copies, wrong labels and shortcuts make a model look better than it is.</source>
   <translation>Kopien, falsche Labels und Abkürzungen lassen ein Modell besser aussehen, als es ist.</translation>
  </message>
  <message>
   <source>I have seen the serious finding and train all the same</source>
   <translation>Ich habe den ernsten Befund gesehen und trainiere trotzdem</translation>
  </message>
  <message>
   <source>I have seen the {n} serious findings and train all the same</source>
   <translation>Ich habe die {n} ernsten Befunde gesehen und trainiere trotzdem</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>Hinweis</translation>
  </message>
  <message>
   <source>Nothing was found that speaks against learning from them.</source>
   <translation>Es wurde nichts gefunden, was gegen ein Training mit ihnen spricht.</translation>
  </message>
  <message>
   <source>Open the report</source>
   <translation>Bericht öffnen</translation>
  </message>
  <message>
   <source>Progress of the audit</source>
   <translation>Fortschritt der Prüfung</translation>
  </message>
  <message>
   <source>Serious</source>
   <translation>Ernst</translation>
  </message>
  <message>
   <source>The cells are being looked over…</source>
   <translation>Die Zellen werden geprüft…</translation>
  </message>
  <message>
   <source>What is in these cells</source>
   <translation>Was in diesen Zellen steckt</translation>
  </message>
  <message>
   <source>What the cells are counted by</source>
   <translation>Wonach die Zellen gezählt werden</translation>
  </message>
  <message>
   <source>{n} cells of {k} classes.</source>
   <translation>{n} Zellen in {k} Klassen.</translation>
  </message>
 </context>
 <context>
  <name>AuditTrail</name>
  <message>
   <source>1 cell adjudicated</source>
   <translation>1 Zelle entschieden</translation>
  </message>
  <message>
   <source>1 cell classified</source>
   <translation>1 Zelle klassifiziert</translation>
  </message>
  <message>
   <source>1 cell drawn</source>
   <translation>1 Zelle eingezeichnet</translation>
  </message>
  <message>
   <source>1 cell found</source>
   <translation>1 Zelle gefunden</translation>
  </message>
  <message>
   <source>1 cell read blind</source>
   <translation>1 Zelle verblindet durchgesehen</translation>
  </message>
  <message>
   <source>1 cell removed</source>
   <translation>1 Zelle entfernt</translation>
  </message>
  <message>
   <source>1 cell reviewed</source>
   <translation>1 Zelle durchgesehen</translation>
  </message>
  <message>
   <source>1 review taken back</source>
   <translation>1 Durchsicht zurückgenommen</translation>
  </message>
  <message>
   <source>Case begun in {folder}</source>
   <translation>Fall angelegt in {folder}</translation>
  </message>
  <message>
   <source>Cell added to the references</source>
   <translation>Zelle zu den Referenzen hinzugefügt</translation>
  </message>
  <message>
   <source>Cell removed from the references</source>
   <translation>Zelle aus den Referenzen entfernt</translation>
  </message>
  <message>
   <source>Content of the images set</source>
   <translation>Inhalt der Bilder angegeben</translation>
  </message>
  <message>
   <source>Details of the case set</source>
   <translation>Angaben zum Fall geändert</translation>
  </message>
  <message>
   <source>Entry</source>
   <translation>Eintrag</translation>
  </message>
  <message>
   <source>Entry {n} done again</source>
   <translation>Eintrag {n} wiederholt</translation>
  </message>
  <message>
   <source>Entry {n} undone</source>
   <translation>Eintrag {n} rückgängig gemacht</translation>
  </message>
  <message>
   <source>Folder found in {folder}</source>
   <translation>Ordner gefunden in {folder}</translation>
  </message>
  <message>
   <source>Person</source>
   <translation>Person</translation>
  </message>
  <message>
   <source>Reopened</source>
   <translation>Wieder geöffnet</translation>
  </message>
  <message>
   <source>Run of {model} begun, {n} images</source>
   <translation>Lauf von {model} begonnen, {n} Bilder</translation>
  </message>
  <message>
   <source>Run of {model} ended</source>
   <translation>Lauf von {model} beendet</translation>
  </message>
  <message>
   <source>Run of {model} went on</source>
   <translation>Lauf von {model} fortgesetzt</translation>
  </message>
  <message>
   <source>Signed</source>
   <translation>Unterschrieben</translation>
  </message>
  <message>
   <source>Source of the images set</source>
   <translation>Herkunft der Bilder angegeben</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>Zeit</translation>
  </message>
  <message>
   <source>Version</source>
   <translation>Version</translation>
  </message>
  <message>
   <source>What</source>
   <translation>Was</translation>
  </message>
  <message>
   <source>excluded</source>
   <translation>ausgeschlossen</translation>
  </message>
  <message>
   <source>the program</source>
   <translation>das Programm</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>unbekannt</translation>
  </message>
  <message>
   <source>{n} cells adjudicated</source>
   <translation>{n} Zellen entschieden</translation>
  </message>
  <message>
   <source>{n} cells classified</source>
   <translation>{n} Zellen klassifiziert</translation>
  </message>
  <message>
   <source>{n} cells drawn</source>
   <translation>{n} Zellen eingezeichnet</translation>
  </message>
  <message>
   <source>{n} cells found</source>
   <translation>{n} Zellen gefunden</translation>
  </message>
  <message>
   <source>{n} cells read blind</source>
   <translation>{n} Zellen verblindet durchgesehen</translation>
  </message>
  <message>
   <source>{n} cells removed</source>
   <translation>{n} Zellen entfernt</translation>
  </message>
  <message>
   <source>{n} cells reviewed</source>
   <translation>{n} Zellen durchgesehen</translation>
  </message>
  <message>
   <source>{n} reviews taken back</source>
   <translation>{n} Durchsichten zurückgenommen</translation>
  </message>
 </context>
 <context>
  <name>AuditTrailController</name>
  <message>
   <source>Export as CSV</source>
   <translation>Als CSV exportieren</translation>
  </message>
  <message>
   <source>The audit trail is in {file}.</source>
   <translation>Das Protokoll steht in {file}.</translation>
  </message>
  <message>
   <source>audit trail of {name}.csv</source>
   <translation>Protokoll von {name}.csv</translation>
  </message>
 </context>
 <context>
  <name>AuditTrailWindow</name>
  <message>
   <source>Acts on</source>
   <translation>Handlungen an</translation>
  </message>
  <message>
   <source>Acts, the newest first</source>
   <translation>Handlungen, die neueste zuerst</translation>
  </message>
  <message>
   <source>Audit trail</source>
   <translation>Protokoll</translation>
  </message>
  <message>
   <source>Audit trail of {name}</source>
   <translation>Protokoll von {name}</translation>
  </message>
  <message>
   <source>Check the trail</source>
   <translation>Protokoll prüfen</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Export as CSV…</source>
   <translation>Als CSV exportieren…</translation>
  </message>
  <message>
   <source>Only what persons did</source>
   <translation>Nur was Personen taten</translation>
  </message>
  <message>
   <source>Search person, act, time</source>
   <translation>Person, Handlung, Zeit suchen</translation>
  </message>
  <message>
   <source>The current cell</source>
   <translation>Die aktuelle Zelle</translation>
  </message>
  <message>
   <source>The trail is being checked…</source>
   <translation>Das Protokoll wird geprüft…</translation>
  </message>
  <message>
   <source>The trail is whole: {n} entries, no change behind it. Newest: {digest}</source>
   <translation>Das Protokoll ist vollständig: {n} Einträge, keine Änderung an ihm vorbei. Neuester: {digest}</translation>
  </message>
  <message>
   <source>The trail or the tables were changed:</source>
   <translation>Das Protokoll oder die Tabellen wurden verändert:</translation>
  </message>
  <message>
   <source>The whole case</source>
   <translation>Der ganze Fall</translation>
  </message>
 </context>
 <context>
  <name>CandidateController</name>
  <message>
   <source>Reason</source>
   <translation>Grund</translation>
  </message>
  <message>
   <source>The model before still serves.</source>
   <translation>Das Modell von zuvor bleibt in Gebrauch.</translation>
  </message>
  <message>
   <source>{model} is worse than the model before. Why should it serve?</source>
   <translation>{model} ist schlechter als das Modell von zuvor. Warum soll es in Gebrauch kommen?</translation>
  </message>
 </context>
 <context>
  <name>CardView</name>
  <message>
   <source>Card of the model</source>
   <translation>Karte des Modells</translation>
  </message>
 </context>
 <context>
  <name>CaseController</name>
  <message>
   <source>Add a folder to the case</source>
   <translation>Dem Fall einen Ordner hinzufügen</translation>
  </message>
  <message>
   <source>Open a folder of cells</source>
   <translation>Ordner mit Zellen öffnen</translation>
  </message>
  <message>
   <source>There is no {what}.</source>
   <translation>{what} gibt es nicht.</translation>
  </message>
  <message>
   <source>Was it moved, or is its drive not connected?</source>
   <translation>Wurde es verschoben, oder ist sein Laufwerk nicht verbunden?</translation>
  </message>
 </context>
 <context>
  <name>CaseListController</name>
  <message>
   <source>This is the case {name}, which lay in {folder} before.</source>
   <translation>Das ist der Fall {name}, der bisher in {folder} lag.</translation>
  </message>
  <message>
   <source>Where is the folder of {name} now?</source>
   <translation>Wo ist der Ordner von {name} jetzt?</translation>
  </message>
  <message>
   <source>{name} lies in {folder} now.</source>
   <translation>{name} liegt jetzt in {folder}.</translation>
  </message>
 </context>
 <context>
  <name>CaseTable</name>
  <message>
   <source>Cases</source>
   <translation>Fälle</translation>
  </message>
 </context>
 <context>
  <name>Cases</name>
  <message>
   <source>Case</source>
   <translation>Fall</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>In review</source>
   <translation>In Durchsicht</translation>
  </message>
  <message>
   <source>Last open</source>
   <translation>Zuletzt offen</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>New</source>
   <translation>Neu</translation>
  </message>
  <message>
   <source>Reviewed</source>
   <translation>Durchgesehen</translation>
  </message>
  <message>
   <source>Sample</source>
   <translation>Probe</translation>
  </message>
  <message>
   <source>Signed</source>
   <translation>Unterschrieben</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Stand</translation>
  </message>
  <message>
   <source>not there any more: {folder}</source>
   <translation>nicht mehr da: {folder}</translation>
  </message>
 </context>
 <context>
  <name>CasesPage</name>
  <message>
   <source>Cases</source>
   <translation>Fälle</translation>
  </message>
  <message>
   <source>Locate its folder…</source>
   <translation>Ordner suchen…</translation>
  </message>
  <message>
   <source>No case has all of these words.</source>
   <translation>Kein Fall enthält alle diese Wörter.</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Öffnen</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>Einen Ordner öffnen…</translation>
  </message>
  <message>
   <source>Search name, sample, patient, folder, notes</source>
   <translation>Name, Probe, Patient, Ordner, Notizen suchen</translation>
  </message>
  <message>
   <source>There is no case yet. Open a folder of cells and classify it.</source>
   <translation>Es gibt noch keinen Fall. Öffnen Sie einen Ordner mit Zellen und klassifizieren Sie ihn.</translation>
  </message>
 </context>
 <context>
  <name>CellImportController</name>
  <message>
   <source>COCO, QuPath, Pascal VOC, YOLO ({kinds})</source>
   <translation>COCO, QuPath, Pascal VOC, YOLO ({kinds})</translation>
  </message>
  <message>
   <source>Import annotated cells</source>
   <translation>Annotierte Zellen importieren</translation>
  </message>
  <message>
   <source>Take as one</source>
   <translation>Als eine nehmen</translation>
  </message>
  <message>
   <source>Write each class in one way, or take these labels as one.</source>
   <translation>Schreiben Sie jede Klasse auf eine Weise, oder nehmen Sie diese Bezeichnungen als eine.</translation>
  </message>
  <message>
   <source>{n} cells were added, {m} were there already; {k} reviewed.</source>
   <translation>{n} Zellen wurden hinzugefügt, {m} waren schon da; {k} geprüft.</translation>
  </message>
 </context>
 <context>
  <name>CellPictureView</name>
  <message>
   <source>Show the cell in its field</source>
   <translation>Die Zelle in ihrem Feld zeigen</translation>
  </message>
 </context>
 <context>
  <name>CellsPage</name>
  <message>
   <source>A CSV (file, label, split, patient, source)</source>
   <translation>Eine CSV-Datei (file, label, split, patient, source)</translation>
  </message>
  <message>
   <source>A folder with a folder for each class</source>
   <translation>Ein Ordner mit einem Ordner je Klasse</translation>
  </message>
  <message>
   <source>All files (*)</source>
   <translation>Alle Dateien (*)</translation>
  </message>
  <message>
   <source>Cases with reviewed cells</source>
   <translation>Fälle mit befundeten Zellen</translation>
  </message>
  <message>
   <source>Cells to learn from</source>
   <translation>Zellen zum Lernen</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>Wählen…</translation>
  </message>
  <message>
   <source>Folder or file of the cells</source>
   <translation>Ordner oder Datei der Zellen</translation>
  </message>
  <message>
   <source>Reviewed cells of cases</source>
   <translation>Befundete Zellen von Fällen</translation>
  </message>
  <message>
   <source>Twenty cells of each class are a good beginning; some are kept for judging.</source>
   <translation>Zwanzig Zellen je Klasse sind ein guter Anfang; einige bleiben für das Urteil zurück.</translation>
  </message>
  <message>
   <source>Which cells shall it learn from?</source>
   <translation>Aus welchen Zellen soll es lernen?</translation>
  </message>
  <message>
   <source>{name}: {n} reviewed</source>
   <translation>{name}: {n} befundet</translation>
  </message>
 </context>
 <context>
  <name>ChangeGallery</name>
  <message>
   <source>Cells that would change</source>
   <translation>Zellen, die sich ändern würden</translation>
  </message>
 </context>
 <context>
  <name>ClassContrast</name>
  <message>
   <source>All other classes</source>
   <translation>Alle anderen Klassen</translation>
  </message>
  <message>
   <source>Class that the heat map tells this one from</source>
   <translation>Klasse, von der die Heatmap diese unterscheidet</translation>
  </message>
  <message>
   <source>Orange speaks for {first}, blue for {second}.</source>
   <translation>Orange spricht für {first}, Blau für {second}.</translation>
  </message>
 </context>
 <context>
  <name>ClassEditor</name>
  <message>
   <source>Add</source>
   <translation>Hinzufügen</translation>
  </message>
  <message>
   <source>Beside them, per 100 white cells</source>
   <translation>Daneben, je 100 weiße Zellen</translation>
  </message>
  <message>
   <source>Colour</source>
   <translation>Farbe</translation>
  </message>
  <message>
   <source>Colour of {name}</source>
   <translation>Farbe von {name}</translation>
  </message>
  <message>
   <source>Down</source>
   <translation>Nach unten</translation>
  </message>
  <message>
   <source>In no percentage</source>
   <translation>In keinem Prozentwert</translation>
  </message>
  <message>
   <source>In the differential</source>
   <translation>Im Differenzialblutbild</translation>
  </message>
  <message>
   <source>Key</source>
   <translation>Taste</translation>
  </message>
  <message>
   <source>Letter</source>
   <translation>Buchstabe</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>New class</source>
   <translation>Neue Klasse</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Review classes</source>
   <translation>Klassen für die Durchsicht</translation>
  </message>
  <message>
   <source>The model has this class</source>
   <translation>Das Modell hat diese Klasse</translation>
  </message>
  <message>
   <source>The usual classes</source>
   <translation>Die üblichen Klassen</translation>
  </message>
  <message>
   <source>Up</source>
   <translation>Nach oben</translation>
  </message>
  <message>
   <source>Within the 100 % of the white cells</source>
   <translation>Innerhalb der 100 % der weißen Zellen</translation>
  </message>
  <message>
   <source>this class</source>
   <translation>diese Klasse</translation>
  </message>
  <message>
   <source>{keys} already does: {what}</source>
   <translation>{keys} ist schon vergeben: {what}</translation>
  </message>
 </context>
 <context>
  <name>ClassPalette</name>
  <message>
   <source>All classes</source>
   <translation>Alle Klassen</translation>
  </message>
  <message>
   <source>Classes for the cells</source>
   <translation>Klassen für die Zellen</translation>
  </message>
  <message>
   <source>Fewer classes</source>
   <translation>Weniger Klassen</translation>
  </message>
 </context>
 <context>
  <name>ClassTable</name>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>Right before</source>
   <translation>Richtig zuvor</translation>
  </message>
  <message>
   <source>Right by class, before and after</source>
   <translation>Richtig je Klasse, zuvor und danach</translation>
  </message>
  <message>
   <source>Right now</source>
   <translation>Richtig jetzt</translation>
  </message>
 </context>
 <context>
  <name>CommandBar</name>
  <message>
   <source>Folder: {name}</source>
   <translation>Ordner: {name}</translation>
  </message>
  <message>
   <source>No folder</source>
   <translation>Kein Ordner</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>Ordner öffnen…</translation>
  </message>
  <message>
   <source>Progress of the run</source>
   <translation>Fortschritt des Laufs</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Start</translation>
  </message>
  <message>
   <source>Starting…</source>
   <translation>Startet…</translation>
  </message>
  <message>
   <source>Stop the run</source>
   <translation>Lauf anhalten</translation>
  </message>
  <message>
   <source>Stopping…</source>
   <translation>Hält an…</translation>
  </message>
  <message>
   <source>Take {folder} out of the queue</source>
   <translation>{folder} aus der Warteschlange nehmen</translation>
  </message>
  <message>
   <source>{folder}: {what}</source>
   <translation>{folder}: {what}</translation>
  </message>
  <message>
   <source>{n} img/s</source>
   <translation>{n} Bilder/s</translation>
  </message>
  <message>
   <source>{n} waiting</source>
   <translation>{n} warten</translation>
  </message>
 </context>
 <context>
  <name>ConfusionPair</name>
  <message>
   <source>Beside:</source>
   <translation>Daneben:</translation>
  </message>
  <message>
   <source>Model whose matrix is shown beside it</source>
   <translation>Modell, dessen Matrix daneben steht</translation>
  </message>
  <message>
   <source>no other model</source>
   <translation>kein anderes Modell</translation>
  </message>
 </context>
 <context>
  <name>ConfusionTable</name>
  <message>
   <source>Confusion matrix: labels by rows, likeliest classes</source>
   <translation>Konfusionsmatrix: Klassen der Beschriftung in Zeilen, wahrscheinlichste Klassen in Spalten</translation>
  </message>
  <message>
   <source>{n} of {all} cells labelled {label} are called {name}</source>
   <translation>{n} von {all} als {label} beschrifteten Zellen werden {name} genannt</translation>
  </message>
 </context>
 <context>
  <name>CorrectionController</name>
  <message>
   <source>Done again for {n} cells.</source>
   <translation>Für {n} Zellen wiederholt.</translation>
  </message>
  <message>
   <source>No cell waits for review.</source>
   <translation>Keine Zelle wartet auf Durchsicht.</translation>
  </message>
  <message>
   <source>No model has classified this cell yet.</source>
   <translation>Noch hat kein Modell diese Zelle klassifiziert.</translation>
  </message>
  <message>
   <source>No more cells wait for review.</source>
   <translation>Keine weitere Zelle wartet auf Durchsicht.</translation>
  </message>
  <message>
   <source>The reviews of {n} cells were taken back.</source>
   <translation>Die Durchsicht von {n} Zellen wurde zurückgenommen.</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>Undone for {n} cells.</source>
   <translation>Für {n} Zellen rückgängig gemacht.</translation>
  </message>
  <message>
   <source>{n} cells were reviewed.</source>
   <translation>{n} Zellen wurden durchgesehen.</translation>
  </message>
 </context>
 <context>
  <name>CountCards</name>
  <message>
   <source>Accepted</source>
   <translation>Akzeptiert</translation>
  </message>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>Fehlgeschlagen</translation>
  </message>
  <message>
   <source>Images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>To review</source>
   <translation>Zur Durchsicht</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
 </context>
 <context>
  <name>CountModel</name>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>judging</source>
   <translation>Beurteilen</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>nicht bekannt</translation>
  </message>
  <message>
   <source>training</source>
   <translation>Training</translation>
  </message>
  <message>
   <source>validation</source>
   <translation>Validierung</translation>
  </message>
 </context>
 <context>
  <name>CrashReportController</name>
  <message>
   <source>Its log is {path}.</source>
   <translation>Das Protokoll ist {path}.</translation>
  </message>
  <message>
   <source>Open its folder</source>
   <translation>Ordner öffnen</translation>
  </message>
  <message>
   <source>Report: {name}</source>
   <translation>Bericht: {name}</translation>
  </message>
  <message>
   <source>Show the report</source>
   <translation>Bericht zeigen</translation>
  </message>
  <message>
   <source>The last session ended unexpectedly. What was committed is safe.</source>
   <translation>Die letzte Sitzung endete unerwartet. Was gespeichert war, ist sicher.</translation>
  </message>
  <message>
   <source>There is no report: no mistake was noted.</source>
   <translation>Es gibt keinen Bericht: Kein Fehler wurde vermerkt.</translation>
  </message>
 </context>
 <context>
  <name>CurveChart</name>
  <message>
   <source>step {n}</source>
   <translation>Schritt {n}</translation>
  </message>
 </context>
 <context>
  <name>CurvePlot</name>
  <message>
   <source>Balanced accuracy by number of reviewed cells</source>
   <translation>Ausgewogene Genauigkeit nach der Zahl durchgesehener Zellen</translation>
  </message>
  <message>
   <source>{p} % with {n} cells</source>
   <translation>{p} % mit {n} Zellen</translation>
  </message>
 </context>
 <context>
  <name>DetailsDialog</name>
  <message>
   <source>Details of the case</source>
   <translation>Angaben zum Fall</translation>
  </message>
  <message>
   <source>Earlier case of the patient</source>
   <translation>Früherer Fall des Patienten</translation>
  </message>
  <message>
   <source>Magnification</source>
   <translation>Vergrößerung</translation>
  </message>
  <message>
   <source>None</source>
   <translation>Keiner</translation>
  </message>
  <message>
   <source>Notes</source>
   <translation>Notizen</translation>
  </message>
  <message>
   <source>Patient, by a pseudonym</source>
   <translation>Patient, als Pseudonym</translation>
  </message>
  <message>
   <source>Pixel size</source>
   <translation>Pixelgröße</translation>
  </message>
  <message>
   <source>Reader</source>
   <translation>Befunder</translation>
  </message>
  <message>
   <source>Sample</source>
   <translation>Probe</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Speichern</translation>
  </message>
  <message>
   <source>Stain</source>
   <translation>Färbung</translation>
  </message>
  <message>
   <source>The case is signed: its details cannot be changed.</source>
   <translation>Der Fall ist unterschrieben: Seine Angaben lassen sich nicht ändern.</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>nicht bekannt</translation>
  </message>
 </context>
 <context>
  <name>DeviceBadge</name>
  <message>
   <source>A run would be computed on {device}, arithmetic {precision}.</source>
   <translation>Ein Lauf würde auf {device} gerechnet, Arithmetik {precision}.</translation>
  </message>
  <message>
   <source>Computed on {device}, arithmetic {precision}.</source>
   <translation>Gerechnet auf {device}, Arithmetik {precision}.</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>What computes is not known yet.</source>
   <translation>Womit gerechnet wird, ist noch nicht bekannt.</translation>
  </message>
 </context>
 <context>
  <name>DeviceController</name>
  <message>
   <source>A run is going on; test when it is over.</source>
   <translation>Ein Lauf ist im Gang; der Test ist danach möglich.</translation>
  </message>
  <message>
   <source>Choose a model to see what would compute it.</source>
   <translation>Ein Modell wählen, um zu sehen, womit es gerechnet würde.</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>Found</source>
   <translation>Gefunden</translation>
  </message>
  <message>
   <source>It is being looked for…</source>
   <translation>Wird gesucht…</translation>
  </message>
  <message>
   <source>Precision</source>
   <translation>Genauigkeit</translation>
  </message>
  <message>
   <source>The device computes rightly.</source>
   <translation>Das Gerät rechnet richtig.</translation>
  </message>
  <message>
   <source>The device does not compute rightly: choose another in the settings.</source>
   <translation>Das Gerät rechnet nicht richtig: In den Einstellungen ein anderes wählen.</translation>
  </message>
  <message>
   <source>The test was stopped.</source>
   <translation>Der Test wurde abgebrochen.</translation>
  </message>
  <message>
   <source>Versions</source>
   <translation>Versionen</translation>
  </message>
  <message>
   <source>Why</source>
   <translation>Warum</translation>
  </message>
  <message>
   <source>{n} cells a second, the network alone. {same} of {all} drawn cells get the label that the CPU gives in f32; probabilities differ by {dp} at most.</source>
   <translation>{n} Zellen pro Sekunde, nur das Netz. {same} von {all} gezeichneten Zellen erhalten dieselbe Klasse wie auf der CPU in f32; Wahrscheinlichkeiten weichen um höchstens {dp} ab.</translation>
  </message>
 </context>
 <context>
  <name>DevicePanel</name>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>Kopieren</translation>
  </message>
  <message>
   <source>Progress of the self-test</source>
   <translation>Fortschritt des Selbsttests</translation>
  </message>
  <message>
   <source>Self-test (5 s)</source>
   <translation>Selbsttest (5 s)</translation>
  </message>
  <message>
   <source>Stop the test</source>
   <translation>Test abbrechen</translation>
  </message>
  <message>
   <source>What computes</source>
   <translation>Womit gerechnet wird</translation>
  </message>
 </context>
 <context>
  <name>DifferenceTable</name>
  <message>
   <source>Cells on which they differ</source>
   <translation>Zellen, in denen sie sich unterscheiden</translation>
  </message>
 </context>
 <context>
  <name>DifferentialModel</name>
  <message>
   <source>95 % interval</source>
   <translation>95-%-Intervall</translation>
  </message>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>The share if none or all of the open cells are of the class</source>
   <translation>Der Anteil, wenn keine oder alle der offenen Zellen zu der Klasse gehören</translation>
  </message>
  <message>
   <source>with open cells</source>
   <translation>mit offenen Zellen</translation>
  </message>
 </context>
 <context>
  <name>DifferentialSection</name>
  <message>
   <source>% of accepted</source>
   <translation>% der akzeptierten</translation>
  </message>
  <message>
   <source>% of reviewed</source>
   <translation>% der durchgesehenen</translation>
  </message>
  <message>
   <source>Differential</source>
   <translation>Differenzialblutbild</translation>
  </message>
  <message>
   <source>Of what persons reviewed</source>
   <translation>Von dem, was Personen durchgesehen haben</translation>
  </message>
  <message>
   <source>Of what the model accepted</source>
   <translation>Von dem, was das Modell akzeptiert hat</translation>
  </message>
  <message>
   <source>Per 100 reviewed white cells</source>
   <translation>Je 100 durchgesehene weiße Zellen</translation>
  </message>
  <message>
   <source>Per 100 white cells that the model accepted</source>
   <translation>Je 100 weiße Zellen, die das Modell akzeptiert hat</translation>
  </message>
  <message>
   <source>Percent of the reviewed white cells</source>
   <translation>Prozent der durchgesehenen weißen Zellen</translation>
  </message>
  <message>
   <source>Percent of the white cells that the model accepted</source>
   <translation>Prozent der weißen Zellen, die das Modell akzeptiert hat</translation>
  </message>
  <message>
   <source>per 100 white</source>
   <translation>je 100 weiße</translation>
  </message>
  <message>
   <source>{n} images changed or vanished since they were judged: {names}</source>
   <translation>{n} Bilder wurden seit ihrer Beurteilung geändert oder sind verschwunden: {names}</translation>
  </message>
  <message>
   <source>{n} of {m} cells were reviewed, {white} of them white cells: the 100 %.</source>
   <translation>{n} von {m} Zellen wurden durchgesehen, {white} davon sind weiße Zellen: die 100 %.</translation>
  </message>
  <message>
   <source>{n} white cells of the model's classes were accepted: the 100 %.</source>
   <translation>{n} weiße Zellen der Klassen des Modells wurden akzeptiert: Sie sind die 100 %.</translation>
  </message>
 </context>
 <context>
  <name>DifferentialTable</name>
  <message>
   <source>Class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>Click a row to see these cells</source>
   <translation>Zeile anklicken, um diese Zellen zu sehen</translation>
  </message>
  <message>
   <source>Differential before and after the review</source>
   <translation>Differenzialblutbild vor und nach der Durchsicht</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Reviewed</source>
   <translation>Durchgesehen</translation>
  </message>
  <message>
   <source>{n} per 100</source>
   <translation>{n} je 100</translation>
  </message>
 </context>
 <context>
  <name>DisagreementController</name>
  <message>
   <source>Fewer than two models were run over this case: none can disagree.</source>
   <translation>Über diesen Fall liefen weniger als zwei Modelle: Uneinig kann keines sein.</translation>
  </message>
 </context>
 <context>
  <name>DropArea</name>
  <message>
   <source>Drop a folder or images here</source>
   <translation>Ordner oder Bilder hier ablegen</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>Ordner öffnen…</translation>
  </message>
  <message>
   <source>or drop a folder or images here</source>
   <translation>oder einen Ordner oder Bilder hier ablegen</translation>
  </message>
 </context>
 <context>
  <name>Durations</name>
  <message>
   <source>{h} h {m} min</source>
   <translation>{h} h {m} min</translation>
  </message>
  <message>
   <source>{h} h {m} min left</source>
   <translation>noch {h} h {m} min</translation>
  </message>
  <message>
   <source>{n} min</source>
   <translation>{n} min</translation>
  </message>
  <message>
   <source>{n} min left</source>
   <translation>noch {n} min</translation>
  </message>
  <message>
   <source>{n} s</source>
   <translation>{n} s</translation>
  </message>
  <message>
   <source>{n} s left</source>
   <translation>noch {n} s</translation>
  </message>
 </context>
 <context>
  <name>Evaluation</name>
  <message>
   <source>Accepted</source>
   <translation>Akzeptiert</translation>
  </message>
  <message>
   <source>Accepted without review: {before} before, {after} now.</source>
   <translation>Ohne Prüfung akzeptiert: vorher {before}, jetzt {after}.</translation>
  </message>
  <message>
   <source>Accuracy</source>
   <translation>Genauigkeit</translation>
  </message>
  <message>
   <source>Balanced accuracy</source>
   <translation>Balancierte Genauigkeit</translation>
  </message>
  <message>
   <source>Balanced accuracy differs by {value} points ({low} to {high}).</source>
   <translation>Die balancierte Genauigkeit unterscheidet sich um {value} Punkte ({low} bis {high}).</translation>
  </message>
  <message>
   <source>Better for: {classes}.</source>
   <translation>Besser bei: {classes}.</translation>
  </message>
  <message>
   <source>Calibration error</source>
   <translation>Kalibrierfehler</translation>
  </message>
  <message>
   <source>Calibration error: {before} before, {after} now.</source>
   <translation>Kalibrierfehler: vorher {before}, jetzt {after}.</translation>
  </message>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Parameters</source>
   <translation>Parameter</translation>
  </message>
  <message>
   <source>Right among accepted</source>
   <translation>Richtig unter akzeptierten</translation>
  </message>
  <message>
   <source>Right among the accepted: {before} before, {after} now.</source>
   <translation>Richtig unter den akzeptierten: vorher {before}, jetzt {after}.</translation>
  </message>
  <message>
   <source>Right, of all cells: {before} before, {after} now.</source>
   <translation>Richtig von allen Zellen: vorher {before}, jetzt {after}.</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>Time a cell</source>
   <translation>Zeit je Zelle</translation>
  </message>
  <message>
   <source>Unknown ({name}?)</source>
   <translation>Unbekannt ({name}?)</translation>
  </message>
  <message>
   <source>Worse for: {classes}.</source>
   <translation>Schlechter bei: {classes}.</translation>
  </message>
  <message>
   <source>cells outside of the classes</source>
   <translation>Zellen außerhalb der Klassen</translation>
  </message>
  <message>
   <source>million</source>
   <translation>Mio.</translation>
  </message>
  <message>
   <source>{candidate} and {against} cannot be told apart on the same {n} cells (p = {p}).</source>
   <translation>{candidate} und {against} sind an denselben {n} Zellen nicht zu unterscheiden (p = {p}).</translation>
  </message>
  <message>
   <source>{candidate} is better than {against} on the same {n} cells (p = {p}).</source>
   <translation>{candidate} ist an denselben {n} Zellen besser als {against} (p = {p}).</translation>
  </message>
  <message>
   <source>{candidate} is worse than {against} on the same {n} cells (p = {p}).</source>
   <translation>{candidate} ist an denselben {n} Zellen schlechter als {against} (p = {p}).</translation>
  </message>
 </context>
 <context>
  <name>EvaluationController</name>
  <message>
   <source>Done: 1 model was measured.</source>
   <translation>Fertig: 1 Modell wurde gemessen.</translation>
  </message>
  <message>
   <source>Done: {n} models were measured.</source>
   <translation>Fertig: {n} Modelle wurden gemessen.</translation>
  </message>
  <message>
   <source>Export as CSV</source>
   <translation>Als CSV exportieren</translation>
  </message>
  <message>
   <source>Labelled cells</source>
   <translation>Beschriftete Zellen</translation>
  </message>
  <message>
   <source>Look at it</source>
   <translation>Ansehen</translation>
  </message>
  <message>
   <source>Models were measured.</source>
   <translation>Modelle wurden gemessen.</translation>
  </message>
  <message>
   <source>Step {n} of {m}: {stage}</source>
   <translation>Schritt {n} von {m}: {stage}</translation>
  </message>
  <message>
   <source>Stopped.</source>
   <translation>Angehalten.</translation>
  </message>
  <message>
   <source>Tables of cells (*.csv)</source>
   <translation>Tabellen von Zellen (*.csv)</translation>
  </message>
  <message>
   <source>The commands are in the clipboard.</source>
   <translation>Die Befehle sind in der Zwischenablage.</translation>
  </message>
  <message>
   <source>The table is in {file}.</source>
   <translation>Die Tabelle ist in {file}.</translation>
  </message>
  <message>
   <source>What was measured then can no longer be read.</source>
   <translation>Was damals gemessen wurde, ist nicht mehr lesbar.</translation>
  </message>
  <message>
   <source>models.csv</source>
   <translation>modelle.csv</translation>
  </message>
 </context>
 <context>
  <name>EvaluationMapController</name>
  <message>
   <source>The heat maps of {model} do not pass their checks: see its card.</source>
   <translation>Die Heatmaps von {model} bestehen ihre Prüfungen nicht: siehe Karte.</translation>
  </message>
  <message>
   <source>{name}, {share} %</source>
   <translation>{name}, {share} %</translation>
  </message>
 </context>
 <context>
  <name>EvaluationSetup</name>
  <message>
   <source>Also robustness and heat maps, which takes long</source>
   <translation>Auch Robustheit und Heatmaps; das dauert lange</translation>
  </message>
  <message>
   <source>CSV file…</source>
   <translation>CSV-Datei…</translation>
  </message>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Choose labelled cells.</source>
   <translation>Wählen Sie beschriftete Zellen.</translation>
  </message>
  <message>
   <source>Earlier measurements</source>
   <translation>Frühere Messungen</translation>
  </message>
  <message>
   <source>Folder of class folders…</source>
   <translation>Ordner mit Klassenordnern…</translation>
  </message>
  <message>
   <source>Locked cells of all cases</source>
   <translation>Zurückgehaltene Zellen aller Fälle</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>Models to be measured</source>
   <translation>Modelle, die gemessen werden</translation>
  </message>
  <message>
   <source>Reviewed cells of all cases</source>
   <translation>Geprüfte Zellen aller Fälle</translation>
  </message>
  <message>
   <source>Reviewed cells of one patient in five, from which no model learns</source>
   <translation>Durchgesehene Zellen von etwa jedem fünften Patienten, aus denen kein Modell lernt</translation>
  </message>
  <message>
   <source>Reviewed cells of the open case</source>
   <translation>Geprüfte Zellen des offenen Falls</translation>
  </message>
  <message>
   <source>Reviewed cells of {name}</source>
   <translation>Geprüfte Zellen von {name}</translation>
  </message>
  <message>
   <source>Reviewed cells of {n} cases</source>
   <translation>Geprüfte Zellen von {n} Fällen</translation>
  </message>
  <message>
   <source>Show what was measured before…</source>
   <translation>Frühere Messungen zeigen…</translation>
  </message>
  <message>
   <source>Those from which a model learned are left out of its figures</source>
   <translation>Zellen, aus denen ein Modell gelernt hat, zählen bei ihm nicht</translation>
  </message>
  <message>
   <source>{name} (serves)</source>
   <translation>{name} (im Einsatz)</translation>
  </message>
 </context>
 <context>
  <name>EvaluationWindow</name>
  <message>
   <source>All models</source>
   <translation>Alle Modelle</translation>
  </message>
  <message>
   <source>Click a number to see its cells.</source>
   <translation>Ein Klick auf eine Zahl zeigt ihre Zellen.</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Copy as command</source>
   <translation>Als Befehl kopieren</translation>
  </message>
  <message>
   <source>Export as CSV…</source>
   <translation>Als CSV exportieren…</translation>
  </message>
  <message>
   <source>Judgement</source>
   <translation>Vergleich</translation>
  </message>
  <message>
   <source>Measure</source>
   <translation>Messen</translation>
  </message>
  <message>
   <source>Measure and judge models</source>
   <translation>Modelle messen und vergleichen</translation>
  </message>
  <message>
   <source>Open the report</source>
   <translation>Bericht öffnen</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>Fortschritt</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>Who is taken for whom</source>
   <translation>Wer für wen gehalten wird</translation>
  </message>
  <message>
   <source>{model}: 1 cell; a click opens the image.</source>
   <translation>{model}: 1 Zelle; ein Klick öffnet das Bild.</translation>
  </message>
  <message>
   <source>{model}: {n} cells; a click opens the image.</source>
   <translation>{model}: {n} Zellen; ein Klick öffnet das Bild.</translation>
  </message>
 </context>
 <context>
  <name>Export</name>
  <message>
   <source>A folder of pictures for each class, for a training (class_folders)</source>
   <translation>Ein Ordner mit Bildern für jede Klasse, für ein Training (class_folders)</translation>
  </message>
  <message>
   <source>A picture of every cell, and a table of them (crops)</source>
   <translation>Ein Bild jeder Zelle und eine Tabelle dazu (crops)</translation>
  </message>
  <message>
   <source>Cells for Label Studio: tasks and labels (label_studio)</source>
   <translation>Zellen für Label Studio: Aufgaben und Klassen (label_studio)</translation>
  </message>
  <message>
   <source>Cells for QuPath: a file for each image (geojson)</source>
   <translation>Zellen für QuPath: eine Datei je Bild (geojson)</translation>
  </message>
  <message>
   <source>Cells for annotation programs: COCO (cells.coco.json)</source>
   <translation>Zellen für Annotationsprogramme: COCO (cells.coco.json)</translation>
  </message>
  <message>
   <source>Figures for programs (summary.json)</source>
   <translation>Zahlen für Programme (summary.json)</translation>
  </message>
  <message>
   <source>Picture of the figures (summary.png)</source>
   <translation>Bild der Zahlen (summary.png)</translation>
  </message>
  <message>
   <source>Report to print and send (report.pdf)</source>
   <translation>Bericht zum Drucken und Versenden (report.pdf)</translation>
  </message>
  <message>
   <source>Report: one page to read, print and keep (report.html)</source>
   <translation>Bericht: eine Seite zum Lesen, Drucken und Aufbewahren (report.html)</translation>
  </message>
  <message>
   <source>Table: every image (predictions.csv)</source>
   <translation>Tabelle: jedes Bild (predictions.csv)</translation>
  </message>
  <message>
   <source>Typed table of every cell for Python and R (cells.parquet)</source>
   <translation>Typisierte Tabelle aller Zellen für Python und R (cells.parquet)</translation>
  </message>
  <message>
   <source>Workbook: every image, figures, model, reviews, runs (predictions.xlsx)</source>
   <translation>Arbeitsmappe: jedes Bild, Zahlen, Modell, Durchsichten, Läufe (predictions.xlsx)</translation>
  </message>
 </context>
 <context>
  <name>ExportBar</name>
  <message>
   <source>Exporting…</source>
   <translation>Exportiert…</translation>
  </message>
  <message>
   <source>Progress of the export</source>
   <translation>Fortschritt des Exports</translation>
  </message>
  <message>
   <source>Stop the export</source>
   <translation>Export abbrechen</translation>
  </message>
  <message>
   <source>Stopping…</source>
   <translation>Bricht ab…</translation>
  </message>
 </context>
 <context>
  <name>ExportController</name>
  <message>
   <source>Change…</source>
   <translation>Ändern…</translation>
  </message>
  <message>
   <source>Open the folder</source>
   <translation>Ordner öffnen</translation>
  </message>
  <message>
   <source>Open the report</source>
   <translation>Bericht öffnen</translation>
  </message>
  <message>
   <source>The export was stopped.</source>
   <translation>Der Export wurde abgebrochen.</translation>
  </message>
  <message>
   <source>The files are in {folder}.</source>
   <translation>Die Dateien sind in {folder}.</translation>
  </message>
 </context>
 <context>
  <name>ExportDialog</name>
  <message>
   <source>Cells for other programs</source>
   <translation>Zellen für andere Programme</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>Wählen…</translation>
  </message>
  <message>
   <source>Export</source>
   <translation>Exportieren</translation>
  </message>
  <message>
   <source>Folder for the files</source>
   <translation>Ordner für die Dateien</translation>
  </message>
  <message>
   <source>Replace files of these names</source>
   <translation>Dateien gleichen Namens ersetzen</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <source>Tables and figures</source>
   <translation>Tabellen und Zahlen</translation>
  </message>
  <message>
   <source>The full edition writes this one.</source>
   <translation>Dies schreibt die Vollausgabe.</translation>
  </message>
  <message>
   <source>Where to</source>
   <translation>Wohin</translation>
  </message>
 </context>
 <context>
  <name>FailedModel</name>
  <message>
   <source>Image</source>
   <translation>Bild</translation>
  </message>
  <message>
   <source>Why it could not be read</source>
   <translation>Warum es nicht gelesen werden konnte</translation>
  </message>
 </context>
 <context>
  <name>FailedTable</name>
  <message>
   <source>Failed images</source>
   <translation>Fehlgeschlagene Bilder</translation>
  </message>
 </context>
 <context>
  <name>Field</name>
  <message>
   <source>1 cell</source>
   <translation>1 Zelle</translation>
  </message>
  <message>
   <source>No cell was found</source>
   <translation>Keine Zelle gefunden</translation>
  </message>
  <message>
   <source>{n} accepted</source>
   <translation>{n} akzeptiert</translation>
  </message>
  <message>
   <source>{n} cells</source>
   <translation>{n} Zellen</translation>
  </message>
  <message>
   <source>{n} failed</source>
   <translation>{n} fehlgeschlagen</translation>
  </message>
  <message>
   <source>{n} not classified</source>
   <translation>{n} nicht klassifiziert</translation>
  </message>
  <message>
   <source>{n} to review</source>
   <translation>{n} zur Durchsicht</translation>
  </message>
  <message>
   <source>{n} unknown</source>
   <translation>{n} unbekannt</translation>
  </message>
 </context>
 <context>
  <name>FieldCellController</name>
  <message>
   <source>Cell {letters} was added.</source>
   <translation>Zelle {letters} wurde hinzugefügt.</translation>
  </message>
  <message>
   <source>Cell {letters} was removed.</source>
   <translation>Zelle {letters} wurde entfernt.</translation>
  </message>
  <message>
   <source>There is nothing to redo.</source>
   <translation>Es gibt nichts zu wiederholen.</translation>
  </message>
  <message>
   <source>There is nothing to undo.</source>
   <translation>Es gibt nichts rückgängig zu machen.</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>{n} cells were removed.</source>
   <translation>{n} Zellen wurden entfernt.</translation>
  </message>
 </context>
 <context>
  <name>FieldModel</name>
  <message>
   <source>Cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>Image</source>
   <translation>Bild</translation>
  </message>
 </context>
 <context>
  <name>FieldSection</name>
  <message>
   <source>Cells: {m}, fields: {n}, {least} to {most} a field, {mean} on average</source>
   <translation>Zellen: {m}, Felder: {n}, je Feld {least} bis {most}, im Mittel {mean}</translation>
  </message>
  <message>
   <source>Fields</source>
   <translation>Felder</translation>
  </message>
 </context>
 <context>
  <name>FieldTable</name>
  <message>
   <source>Cells of each field</source>
   <translation>Zellen jedes Feldes</translation>
  </message>
 </context>
 <context>
  <name>FilterLine</name>
  <message>
   <source>Show all cells</source>
   <translation>Alle Zellen zeigen</translation>
  </message>
  <message>
   <source>{n} of {total} cells</source>
   <translation>{n} von {total} Zellen</translation>
  </message>
 </context>
 <context>
  <name>FilterPanel</name>
  <message>
   <source>Distance (1 is the limit)</source>
   <translation>Abstand (1 ist die Grenze)</translation>
  </message>
  <message>
   <source>Groups and filters</source>
   <translation>Gruppen und Filter</translation>
  </message>
  <message>
   <source>Probability</source>
   <translation>Wahrscheinlichkeit</translation>
  </message>
  <message>
   <source>any</source>
   <translation>beliebig</translation>
  </message>
 </context>
 <context>
  <name>FilterWords</name>
  <message>
   <source> and </source>
   <translation> und </translation>
  </message>
  <message>
   <source> or </source>
   <translation> oder </translation>
  </message>
  <message>
   <source>distance {range}</source>
   <translation>Abstand {range}</translation>
  </message>
  <message>
   <source>from {low}</source>
   <translation>ab {low}</translation>
  </message>
  <message>
   <source>in {folder}</source>
   <translation>in {folder}</translation>
  </message>
  <message>
   <source>name with {words}</source>
   <translation>Name mit {words}</translation>
  </message>
  <message>
   <source>probability {range} %</source>
   <translation>Wahrscheinlichkeit {range} %</translation>
  </message>
  <message>
   <source>{n} chosen cells</source>
   <translation>{n} ausgewählte Zellen</translation>
  </message>
  <message>
   <source>“{word}”</source>
   <translation>„{word}“</translation>
  </message>
 </context>
 <context>
  <name>FolderModel</name>
  <message>
   <source>{folder}: {n} cells</source>
   <translation>{folder}: {n} Zellen</translation>
  </message>
 </context>
 <context>
  <name>FolderView</name>
  <message>
   <source>Folders of the case</source>
   <translation>Ordner des Falls</translation>
  </message>
 </context>
 <context>
  <name>ForecastPage</name>
  <message>
   <source>A recipe comes of it, no model; at its end one click trains {name} with it.</source>
   <translation>Heraus kommt ein Rezept, kein Modell; am Ende trainiert ein Klick {name} damit.</translation>
  </message>
  <message>
   <source>A short trial on some of your cells…</source>
   <translation>Ein kurzer Versuch mit einigen Ihrer Zellen…</translation>
  </message>
  <message>
   <source>At most about {time}, {memory} GB of memory, {disk} GB of disk.</source>
   <translation>Höchstens etwa {time}, {memory} GB Arbeitsspeicher, {disk} GB auf der Platte.</translation>
  </message>
  <message>
   <source>Copy as command</source>
   <translation>Als Befehl kopieren</translation>
  </message>
  <message>
   <source>Counts as unknown: {names}.</source>
   <translation>Zählt als unbekannt: {names}.</translation>
  </message>
  <message>
   <source>Each cell is judged by a head that did not learn from it; no cell is lost.</source>
   <translation>Jede Zelle wird von einem Kopf beurteilt, der nicht aus ihr gelernt hat; keine Zelle geht verloren.</translation>
  </message>
  <message>
   <source>It learns in the background; you can go on reviewing, and stop it any time.</source>
   <translation>Es lernt im Hintergrund; Sie können weiter befunden und es jederzeit anhalten.</translation>
  </message>
  <message>
   <source>It still knows all classes of {model}.</source>
   <translation>Es kennt weiterhin alle Klassen von {model}.</translation>
  </message>
  <message>
   <source>It takes seconds.</source>
   <translation>Es dauert Sekunden.</translation>
  </message>
  <message>
   <source>Kept for judging, never learned from: {n} cells ({names}).</source>
   <translation>Für das Urteil zurückgehalten, nie gelernt: {n} Zellen ({names}).</translation>
  </message>
  <message>
   <source>Learns from: {names}.</source>
   <translation>Lernt aus: {names}.</translation>
  </message>
  <message>
   <source>Letters, digits, points, hyphens and underscores, no spaces.</source>
   <translation>Buchstaben, Ziffern, Punkte, Binde- und Unterstriche, keine Leerzeichen.</translation>
  </message>
  <message>
   <source>Name of the new model</source>
   <translation>Name des neuen Modells</translation>
  </message>
  <message>
   <source>New classes: {names}.</source>
   <translation>Neue Klassen: {names}.</translation>
  </message>
  <message>
   <source>Progress of the trial</source>
   <translation>Fortschritt des Versuchs</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>Beginnen</translation>
  </message>
  <message>
   <source>The new model will no longer know: {names}.</source>
   <translation>Das neue Modell kennt nicht mehr: {names}.</translation>
  </message>
  <message>
   <source>There is a model of this name already.</source>
   <translation>Ein Modell dieses Namens gibt es schon.</translation>
  </message>
  <message>
   <source>Was outside before, is a class now: {names}.</source>
   <translation>War vorher außerhalb, ist jetzt eine Klasse: {names}.</translation>
  </message>
  <message>
   <source>What it will learn</source>
   <translation>Was es lernen wird</translation>
  </message>
 </context>
 <context>
  <name>FurtherFolder</name>
  <message>
   <source>Choose its place…</source>
   <translation>Ort wählen…</translation>
  </message>
  <message>
   <source>Choose the place of {folder}</source>
   <translation>Ort von {folder} wählen</translation>
  </message>
  <message>
   <source>Leaves the case; results and reviews are kept</source>
   <translation>Verlässt den Fall; was bekannt ist, bleibt erhalten</translation>
  </message>
  <message>
   <source>Lies in {folder} now</source>
   <translation>Liegt jetzt in {folder}</translation>
  </message>
  <message>
   <source>Not there: {folder}</source>
   <translation>Nicht vorhanden: {folder}</translation>
  </message>
  <message>
   <source>Where is the folder {name} now?</source>
   <translation>Wo ist der Ordner {name} jetzt?</translation>
  </message>
  <message>
   <source>Where the folder is now, if it was moved</source>
   <translation>Wo der Ordner jetzt ist, falls er verschoben wurde</translation>
  </message>
  <message>
   <source>Whether the folder belongs to the case</source>
   <translation>Ob der Ordner zum Fall gehört</translation>
  </message>
 </context>
 <context>
  <name>FurtherFolders</name>
  <message>
   <source>Further folders</source>
   <translation>Weitere Ordner</translation>
  </message>
 </context>
 <context>
  <name>GalleryView</name>
  <message>
   <source>Gallery of cells</source>
   <translation>Galerie der Zellen</translation>
  </message>
 </context>
 <context>
  <name>GroupList</name>
  <message>
   <source>Groups of cells</source>
   <translation>Gruppen von Zellen</translation>
  </message>
 </context>
 <context>
  <name>GroupModel</name>
  <message>
   <source>{group}: {n} cells</source>
   <translation>{group}: {n} Zellen</translation>
  </message>
 </context>
 <context>
  <name>Histogram</name>
  <message>
   <source>Histogram of probabilities</source>
   <translation>Histogramm der Wahrscheinlichkeiten</translation>
  </message>
 </context>
 <context>
  <name>Inspector</name>
  <message>
   <source>Strength of the heat map</source>
   <translation>Stärke der Heatmap</translation>
  </message>
  <message>
   <source>The current cell</source>
   <translation>Die aktuelle Zelle</translation>
  </message>
 </context>
 <context>
  <name>JudgementPanel</name>
  <message>
   <source>1 cell gets another class or another decision:</source>
   <translation>1 Zelle bekommt eine andere Klasse oder eine andere Entscheidung:</translation>
  </message>
  <message>
   <source>Let it serve…</source>
   <translation>Einsetzen…</translation>
  </message>
  <message>
   <source>Measure another model beside the serving one.</source>
   <translation>Messen Sie neben dem Modell im Einsatz noch ein anderes.</translation>
  </message>
  <message>
   <source>The model that is judged</source>
   <translation>Das Modell, das verglichen wird</translation>
  </message>
  <message>
   <source>{n} cells get another class or another decision:</source>
   <translation>{n} Zellen bekommen eine andere Klasse oder eine andere Entscheidung:</translation>
  </message>
 </context>
 <context>
  <name>LabelQueueController</name>
  <message>
   <source>Every cell of this case was reviewed.</source>
   <translation>Jede Zelle dieses Falls wurde durchgesehen.</translation>
  </message>
  <message>
   <source>To label first: {at} of {n}; it stands for {like} cells.</source>
   <translation>Zuerst durchzusehen: {at} von {n}; sie steht für {like} Zellen.</translation>
  </message>
 </context>
 <context>
  <name>LineageTree</name>
  <message>
   <source>Adapted by {n} corrected cells on {time}</source>
   <translation>Mit {n} korrigierten Zellen angepasst am {time}</translation>
  </message>
  <message>
   <source>By whom</source>
   <translation>Von wem</translation>
  </message>
  <message>
   <source>Made or done</source>
   <translation>Entstehung, Ereignis</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Trained on {time} on {sources}</source>
   <translation>Trainiert am {time} mit {sources}</translation>
  </message>
  <message>
   <source>Which model was made from which</source>
   <translation>Welches Modell aus welchem entstand</translation>
  </message>
  <message>
   <source>{model}, not here</source>
   <translation>{model}, nicht vorhanden</translation>
  </message>
 </context>
 <context>
  <name>Listing</name>
  <message>
   <source>Check that the drive is there and that you may read it.</source>
   <translation>Prüfen, ob das Laufwerk verbunden ist und gelesen werden darf.</translation>
  </message>
  <message>
   <source>The folder {folder} cannot be opened: {why}.</source>
   <translation>Der Ordner {folder} kann nicht geöffnet werden: {why}.</translation>
  </message>
  <message>
   <source>The folder {folder} of the case is not there. If it was moved, choose its place in Case › Details of the case…</source>
   <translation>Der Ordner {folder} des Falls ist nicht vorhanden. Wurde er verschoben, wählen Sie seinen Ort unter Fall › Angaben zum Fall…</translation>
  </message>
  <message>
   <source>The name of {name} is not valid text.</source>
   <translation>Der Name von {name} ist kein gültiger Text.</translation>
  </message>
 </context>
 <context>
  <name>LossBars</name>
  <message>
   <source>What the prediction loses without each part</source>
   <translation>Was die Vorhersage ohne jeden Teil verliert</translation>
  </message>
 </context>
 <context>
  <name>MapGates</name>
  <message>
   <source>The heat map is off, for those of this model did not pass their checks: {reasons}. It can be switched on all the same.</source>
   <translation>Die Heatmap ist aus, denn die Heatmaps dieses Modells haben ihre Prüfung nicht bestanden: {reasons}. Sie lässt sich trotzdem einschalten.</translation>
  </message>
  <message>
   <source>Whether the heat maps of this model can be trusted was not checked.</source>
   <translation>Ob den Heatmaps dieses Modells zu trauen ist, wurde nicht geprüft.</translation>
  </message>
  <message>
   <source>of two half cells they find that of the class no better than chance allows</source>
   <translation>von zwei halben Zellen finden sie die der Klasse kaum besser als der Zufall</translation>
  </message>
  <message>
   <source>the map of another cell explains a cell as well</source>
   <translation>die Karte einer anderen Zelle erklärt eine Zelle ebenso gut</translation>
  </message>
  <message>
   <source>they differ no more from class to class than the outlines of the cells</source>
   <translation>sie unterscheiden sich von Klasse zu Klasse nicht mehr als die Umrisse der Zellen</translation>
  </message>
  <message>
   <source>they do not follow a cell that is moved</source>
   <translation>sie folgen einer verschobenen Zelle nicht</translation>
  </message>
  <message>
   <source>they do not follow a cell that is turned</source>
   <translation>sie folgen einer gedrehten Zelle nicht</translation>
  </message>
 </context>
 <context>
  <name>MapPairController</name>
  <message>
   <source>There are no heat maps of this cell that can be compared.</source>
   <translation>Zu dieser Zelle gibt es keine Heatmaps, die sich vergleichen lassen.</translation>
  </message>
  <message>
   <source>{first} against {second}</source>
   <translation>{first} gegen {second}</translation>
  </message>
 </context>
 <context>
  <name>MapPairView</name>
  <message>
   <source>First class</source>
   <translation>Erste Klasse</translation>
  </message>
  <message>
   <source>Heat maps of two classes</source>
   <translation>Heatmaps zweier Klassen</translation>
  </message>
  <message>
   <source>Orange speaks for the class and blue against it; on the right, orange for {first} and blue for {second}. Heat shows where the network looked, not why.</source>
   <translation>Orange spricht für die Klasse, Blau gegen sie; rechts Orange für {first} und Blau für {second}. Die Heatmap zeigt, wo das Netz hingesehen hat, nicht warum.</translation>
  </message>
  <message>
   <source>Runner-up</source>
   <translation>Zweitwahrscheinlichste</translation>
  </message>
  <message>
   <source>Second class</source>
   <translation>Zweite Klasse</translation>
  </message>
  <message>
   <source>Swap the classes</source>
   <translation>Klassen tauschen</translation>
  </message>
  <message>
   <source>Verdict</source>
   <translation>Ergebnis</translation>
  </message>
 </context>
 <context>
  <name>MapPanel</name>
  <message>
   <source>Heat map: {what}</source>
   <translation>Heatmap: {what}</translation>
  </message>
  <message>
   <source>nothing speaks for it</source>
   <translation>nichts spricht dafür</translation>
  </message>
  <message>
   <source>{cell} in the cell, {beside} beside it</source>
   <translation>{cell} in der Zelle, {beside} daneben</translation>
  </message>
  <message>
   <source>{nucleus} nucleus, {cytoplasm} cytoplasm, {beside} beside the cell</source>
   <translation>{nucleus} Kern, {cytoplasm} Zytoplasma, {beside} neben der Zelle</translation>
  </message>
 </context>
 <context>
  <name>MapScale</name>
  <message>
   <source>Colour scale of the three heat maps</source>
   <translation>Farbskala der drei Heatmaps</translation>
  </message>
  <message>
   <source>One scale for all three: how much a place adds to the logit, or takes from it. Orange and blue can be told apart by colour-blind people.</source>
   <translation>Eine Skala für alle drei: wie viel eine Stelle zum Logit beiträgt oder ihm nimmt. Orange und Blau sind auch für Farbenblinde zu unterscheiden.</translation>
  </message>
 </context>
 <context>
  <name>MapsDialog</name>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Heat map of {model}</source>
   <translation>Heatmap von {model}</translation>
  </message>
  <message>
   <source>It is being drawn…</source>
   <translation>Sie wird gezeichnet…</translation>
  </message>
  <message>
   <source>Open the image</source>
   <translation>Bild öffnen</translation>
  </message>
 </context>
 <context>
  <name>ModelActController</name>
  <message>
   <source>Archive</source>
   <translation>Archivieren</translation>
  </message>
  <message>
   <source>Archive a model</source>
   <translation>Ein Modell archivieren</translation>
  </message>
  <message>
   <source>Classify the case again</source>
   <translation>Fall neu klassifizieren</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>Löschen</translation>
  </message>
  <message>
   <source>Delete a model</source>
   <translation>Ein Modell löschen</translation>
  </message>
  <message>
   <source>Export a model</source>
   <translation>Ein Modell exportieren</translation>
  </message>
  <message>
   <source>It was not judged against {serving} on the same cells yet.</source>
   <translation>Es wurde noch nicht an denselben Zellen mit {serving} verglichen.</translation>
  </message>
  <message>
   <source>Judged against {serving} on the same {n} cells: {judgement}.</source>
   <translation>Im Vergleich mit {serving} an denselben {n} Zellen: {judgement}.</translation>
  </message>
  <message>
   <source>Let a model serve</source>
   <translation>Ein Modell einsetzen</translation>
  </message>
  <message>
   <source>Let it serve</source>
   <translation>Einsetzen</translation>
  </message>
  <message>
   <source>Model packages (*.zip)</source>
   <translation>Modellpakete (*.zip)</translation>
  </message>
  <message>
   <source>Rename</source>
   <translation>Umbenennen</translation>
  </message>
  <message>
   <source>Rename a model</source>
   <translation>Ein Modell umbenennen</translation>
  </message>
  <message>
   <source>The command is in the clipboard.</source>
   <translation>Der Befehl ist in der Zwischenablage.</translation>
  </message>
  <message>
   <source>The decisions of the open case are still those of the model before.</source>
   <translation>Die Entscheidungen des offenen Falls sind noch die des Modells davor.</translation>
  </message>
  <message>
   <source>The files of {name} are deleted for good. Export it first if it may be wanted again.</source>
   <translation>Die Dateien von {name} werden endgültig gelöscht. Exportieren Sie es vorher, falls es noch gebraucht werden kann.</translation>
  </message>
  <message>
   <source>The model was renamed.</source>
   <translation>Das Modell wurde umbenannt.</translation>
  </message>
  <message>
   <source>The name under which the lab knows the model {id}. Its id stays, by which runs and reports refer to it. An empty name brings back that of its card.</source>
   <translation>Der Name, unter dem das Labor das Modell {id} kennt. Seine Kennung bleibt; auf sie beziehen sich Läufe und Berichte. Ein leerer Name stellt den seiner Karte wieder her.</translation>
  </message>
  <message>
   <source>Their results stay, but cannot be made again.</source>
   <translation>Ihre Ergebnisse bleiben, lassen sich aber nicht erneut berechnen.</translation>
  </message>
  <message>
   <source>{name} can be chosen again.</source>
   <translation>{name} kann wieder gewählt werden.</translation>
  </message>
  <message>
   <source>{name} can no longer be chosen, but stays on the disk and can be taken out of the archive at any time.</source>
   <translation>{name} kann nicht mehr gewählt werden, bleibt aber auf der Platte und kann jederzeit aus dem Archiv geholt werden.</translation>
  </message>
  <message>
   <source>{name} is in the archive.</source>
   <translation>{name} ist im Archiv.</translation>
  </message>
  <message>
   <source>{name} is used from now on where no other model is chosen. What was classified before stays as it is. One click on “Roll back” undoes it.</source>
   <translation>{name} wird ab jetzt verwendet, wo kein anderes Modell gewählt ist. Was vorher klassifiziert wurde, bleibt, wie es ist. Ein Klick auf „Zurücknehmen“ macht es rückgängig.</translation>
  </message>
  <message>
   <source>{name} serves again.</source>
   <translation>{name} ist wieder im Einsatz.</translation>
  </message>
  <message>
   <source>{name} serves from now on.</source>
   <translation>{name} ist ab jetzt im Einsatz.</translation>
  </message>
  <message>
   <source>{name} was deleted.</source>
   <translation>{name} wurde gelöscht.</translation>
  </message>
  <message>
   <source>{name} was exported.</source>
   <translation>{name} wurde exportiert.</translation>
  </message>
 </context>
 <context>
  <name>ModelChooser</name>
  <message>
   <source>Import a model to begin</source>
   <translation>Zum Beginnen ein Modell importieren</translation>
  </message>
  <message>
   <source>Model: {name}</source>
   <translation>Modell: {name}</translation>
  </message>
  <message>
   <source>No model yet</source>
   <translation>Noch kein Modell</translation>
  </message>
  <message>
   <source>calibrated for: {names}</source>
   <translation>kalibriert für: {names}</translation>
  </message>
  <message>
   <source>n = {n}</source>
   <translation>n = {n}</translation>
  </message>
  <message>
   <source>tells apart as unknown: {names}</source>
   <translation>erkennt als unbekannt: {names}</translation>
  </message>
  <message>
   <source>{metric} on {split}: {figure}</source>
   <translation>{metric} auf {split}: {figure}</translation>
  </message>
  <message>
   <source>{network}, {n} classes</source>
   <translation>{network}, {n} Klassen</translation>
  </message>
 </context>
 <context>
  <name>ModelController</name>
  <message>
   <source>Import a model</source>
   <translation>Modell importieren</translation>
  </message>
  <message>
   <source>Import a model…</source>
   <translation>Modell importieren…</translation>
  </message>
  <message>
   <source>Model packages (*.zip)</source>
   <translation>Modellpakete (*.zip)</translation>
  </message>
  <message>
   <source>The chosen model {name} is not there any more: the serving one is used.</source>
   <translation>Das gewählte Modell {name} ist nicht mehr vorhanden: Das Modell im Einsatz wird verwendet.</translation>
  </message>
  <message>
   <source>The model was imported.</source>
   <translation>Das Modell wurde importiert.</translation>
  </message>
  <message>
   <source>There is no model yet to classify the cells.</source>
   <translation>Es gibt noch kein Modell, das die Zellen klassifizieren könnte.</translation>
  </message>
 </context>
 <context>
  <name>ModelDetail</name>
  <message>
   <source>Card</source>
   <translation>Karte</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Verlauf</translation>
  </message>
  <message>
   <source>Lineage</source>
   <translation>Abstammung</translation>
  </message>
  <message>
   <source>Runs made with it</source>
   <translation>Läufe damit</translation>
  </message>
  <message>
   <source>Runs made with it ({n})</source>
   <translation>Läufe damit ({n})</translation>
  </message>
 </context>
 <context>
  <name>ModelPageController</name>
  <message>
   <source>{device}, {precision}:</source>
   <translation>{device}, {precision}:</translation>
  </message>
 </context>
 <context>
  <name>ModelTable</name>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
 </context>
 <context>
  <name>Models</name>
  <message>
   <source>1 run was made with it.</source>
   <translation>1 Lauf wurde damit gemacht.</translation>
  </message>
  <message>
   <source>Archived</source>
   <translation>Archiviert</translation>
  </message>
  <message>
   <source>Arithmetic</source>
   <translation>Rechenart</translation>
  </message>
  <message>
   <source>Balanced accuracy</source>
   <translation>Balancierte Genauigkeit</translation>
  </message>
  <message>
   <source>Begun</source>
   <translation>Begonnen</translation>
  </message>
  <message>
   <source>Case</source>
   <translation>Fall</translation>
  </message>
  <message>
   <source>Classes</source>
   <translation>Klassen</translation>
  </message>
  <message>
   <source>Deleted</source>
   <translation>Gelöscht</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Heat maps</source>
   <translation>Heatmaps</translation>
  </message>
  <message>
   <source>Images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>Imported from {file}</source>
   <translation>Importiert aus {file}</translation>
  </message>
  <message>
   <source>Judged against {against}: {judgement} ({cells} cells)</source>
   <translation>Verglichen mit {against}: {judgement} ({cells} Zellen)</translation>
  </message>
  <message>
   <source>Made</source>
   <translation>Entstanden</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Named as its card does again</source>
   <translation>Wieder so benannt wie auf seiner Karte</translation>
  </message>
  <message>
   <source>Named “{title}”</source>
   <translation>Benannt: „{title}“</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>Netz</translation>
  </message>
  <message>
   <source>Person</source>
   <translation>Person</translation>
  </message>
  <message>
   <source>Promoted: it serves in the place of {before}</source>
   <translation>Eingesetzt an Stelle von {before}</translation>
  </message>
  <message>
   <source>Reason: {why}</source>
   <translation>Grund: {why}</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Lauf</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>Läufe</translation>
  </message>
  <message>
   <source>Serves again, in the place of {before}</source>
   <translation>Wieder im Einsatz, an Stelle von {before}</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Zustand</translation>
  </message>
  <message>
   <source>Taken out of the archive</source>
   <translation>Aus dem Archiv geholt</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>Zeit</translation>
  </message>
  <message>
   <source>What</source>
   <translation>Was</translation>
  </message>
  <message>
   <source>Worst left out</source>
   <translation>Schlechtestes Auslassen</translation>
  </message>
  <message>
   <source>archived</source>
   <translation>archiviert</translation>
  </message>
  <message>
   <source>better</source>
   <translation>besser</translation>
  </message>
  <message>
   <source>bundled</source>
   <translation>mitgeliefert</translation>
  </message>
  <message>
   <source>cannot be used</source>
   <translation>nicht verwendbar</translation>
  </message>
  <message>
   <source>not checked</source>
   <translation>nicht geprüft</translation>
  </message>
  <message>
   <source>not distinguishable</source>
   <translation>nicht unterscheidbar</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>nicht bekannt</translation>
  </message>
  <message>
   <source>not passed</source>
   <translation>nicht bestanden</translation>
  </message>
  <message>
   <source>own</source>
   <translation>eigenes</translation>
  </message>
  <message>
   <source>passed</source>
   <translation>bestanden</translation>
  </message>
  <message>
   <source>serves</source>
   <translation>im Einsatz</translation>
  </message>
  <message>
   <source>worse</source>
   <translation>schlechter</translation>
  </message>
  <message>
   <source>{n} runs were made with it.</source>
   <translation>{n} Läufe wurden damit gemacht.</translation>
  </message>
 </context>
 <context>
  <name>ModelsPage</name>
  <message>
   <source>Archive</source>
   <translation>Archivieren</translation>
  </message>
  <message>
   <source>Delete…</source>
   <translation>Löschen…</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>Exportieren…</translation>
  </message>
  <message>
   <source>Import…</source>
   <translation>Importieren…</translation>
  </message>
  <message>
   <source>Let it serve…</source>
   <translation>Einsetzen…</translation>
  </message>
  <message>
   <source>Measure and judge…</source>
   <translation>Messen und vergleichen…</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>On labelled cells: what it is worth, and whether it beats the serving model</source>
   <translation>An beschrifteten Zellen: was es taugt, und ob es besser ist als das Modell im Einsatz</translation>
  </message>
  <message>
   <source>Progress of the self-test</source>
   <translation>Fortschritt des Selbsttests</translation>
  </message>
  <message>
   <source>Rename…</source>
   <translation>Umbenennen…</translation>
  </message>
  <message>
   <source>Roll back</source>
   <translation>Zurücknehmen</translation>
  </message>
  <message>
   <source>Self-test (5 s)</source>
   <translation>Selbsttest (5 s)</translation>
  </message>
  <message>
   <source>Show archived models</source>
   <translation>Archivierte Modelle zeigen</translation>
  </message>
  <message>
   <source>Stop the test</source>
   <translation>Test anhalten</translation>
  </message>
  <message>
   <source>Take out of the archive</source>
   <translation>Aus dem Archiv holen</translation>
  </message>
  <message>
   <source>The model that served before the last promotion serves again</source>
   <translation>Das Modell, das vor dem letzten Einsetzen im Einsatz war, ist es wieder</translation>
  </message>
 </context>
 <context>
  <name>NoMatches</name>
  <message>
   <source>No cell matches the filters.
None is lost: the case has {n} cells.</source>
   <translation>Keine Zelle passt zu den Filtern.
Keine ist verloren: Der Fall hat {n} Zellen.</translation>
  </message>
  <message>
   <source>Show all cells</source>
   <translation>Alle Zellen zeigen</translation>
  </message>
 </context>
 <context>
  <name>Notification</name>
  <message>
   <source>Close the notice</source>
   <translation>Hinweis schließen</translation>
  </message>
 </context>
 <context>
  <name>OpenedImage</name>
  <message>
   <source>There is not enough memory to open the image.</source>
   <translation>Der Speicher reicht nicht, um das Bild zu öffnen.</translation>
  </message>
 </context>
 <context>
  <name>OrderRow</name>
  <message>
   <source>Decision</source>
   <translation>Entscheidung</translation>
  </message>
  <message>
   <source>Disagreement</source>
   <translation>Uneinigkeit</translation>
  </message>
  <message>
   <source>Distance</source>
   <translation>Abstand</translation>
  </message>
  <message>
   <source>Folder and name</source>
   <translation>Ordner und Name</translation>
  </message>
  <message>
   <source>Grouped by verdict</source>
   <translation>Nach Urteil gruppiert</translation>
  </message>
  <message>
   <source>Name alone</source>
   <translation>Nur Name</translation>
  </message>
  <message>
   <source>Probability</source>
   <translation>Wahrscheinlichkeit</translation>
  </message>
  <message>
   <source>Sorted by</source>
   <translation>Sortiert nach</translation>
  </message>
  <message>
   <source>Suspected errors</source>
   <translation>Vermutete Fehler</translation>
  </message>
  <message>
   <source>Urgency</source>
   <translation>Dringlichkeit</translation>
  </message>
 </context>
 <context>
  <name>OutcomePanel</name>
  <message>
   <source>{source} is a source of the new model's card.</source>
   <translation>{source} ist eine Quelle in der Karte des neuen Modells.</translation>
  </message>
 </context>
 <context>
  <name>PageArea</name>
  <message>
   <source>Page {n} of {m}</source>
   <translation>Seite {n} von {m}</translation>
  </message>
  <message>
   <source>Pages of the report</source>
   <translation>Seiten des Berichts</translation>
  </message>
 </context>
 <context>
  <name>Pane</name>
  <message>
   <source>Opening…</source>
   <translation>Wird geöffnet…</translation>
  </message>
 </context>
 <context>
  <name>ParetoPlot</name>
  <message>
   <source>Balanced accuracy by the time a cell takes</source>
   <translation>Balancierte Genauigkeit nach der Zeit je Zelle</translation>
  </message>
  <message>
   <source>Time a cell, reading included; above: balanced accuracy</source>
   <translation>Zeit je Zelle, mit dem Lesen; nach oben: balancierte Genauigkeit</translation>
  </message>
  <message>
   <source>{name}: {share} %, {time} ms</source>
   <translation>{name}: {share} %, {time} ms</translation>
  </message>
 </context>
 <context>
  <name>PictureList</name>
  <message>
   <source>Cells to look at</source>
   <translation>Zellen zum Ansehen</translation>
  </message>
  <message>
   <source>Copy; {label}</source>
   <translation>Kopie; {label}</translation>
  </message>
  <message>
   <source>Copy; {label}, the other {other}</source>
   <translation>Kopie; {label}, die andere {other}</translation>
  </message>
  <message>
   <source>Labelled {label}; looks like {other}</source>
   <translation>Label {label}; sieht aus wie {other}</translation>
  </message>
 </context>
 <context>
  <name>PlaneRow</name>
  <message>
   <source>, the sharpest</source>
   <translation>, die schärfste</translation>
  </message>
  <message>
   <source>Focal plane</source>
   <translation>Fokusebene</translation>
  </message>
  <message>
   <source>Focal plane; the dot marks the sharpest, which is judged</source>
   <translation>Fokusebene; der Punkt markiert die schärfste, die beurteilt wird</translation>
  </message>
  <message>
   <source>Plane {n} of {all}</source>
   <translation>Ebene {n} von {all}</translation>
  </message>
 </context>
 <context>
  <name>PredictionPanel</name>
  <message>
   <source>Could not be read</source>
   <translation>Nicht lesbar</translation>
  </message>
  <message>
   <source>Distance to known cells: {d} of the limit</source>
   <translation>Abstand zu bekannten Zellen: {d} der Grenze</translation>
  </message>
  <message>
   <source>If there is a white cell, add it in the viewer by a double click.</source>
   <translation>Ist dort eine weiße Zelle, fügen Sie sie im Betrachter mit einem Doppelklick hinzu.</translation>
  </message>
  <message>
   <source>Model {id}, {how}</source>
   <translation>Modell {id}, {how}</translation>
  </message>
  <message>
   <source>No cell was found</source>
   <translation>Keine Zelle gefunden</translation>
  </message>
  <message>
   <source>Not classified yet</source>
   <translation>Noch nicht klassifiziert</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
  <message>
   <source>output {n}</source>
   <translation>Ausgang {n}</translation>
  </message>
 </context>
 <context>
  <name>ProbabilityBars</name>
  <message>
   <source>Click a class to see where the network looked for it</source>
   <translation>Klasse anklicken, um zu sehen, wohin das Netz dafür geschaut hat</translation>
  </message>
  <message>
   <source>Probabilities of the classes</source>
   <translation>Wahrscheinlichkeiten der Klassen</translation>
  </message>
 </context>
 <context>
  <name>Program</name>
  <message>
   <source>A report is in {path}.</source>
   <translation>Ein Bericht liegt in {path}.</translation>
  </message>
  <message>
   <source>Show the report</source>
   <translation>Bericht zeigen</translation>
  </message>
  <message>
   <source>The program made a mistake and went on. {what}</source>
   <translation>Im Programm trat ein Fehler auf; es läuft weiter. {what}</translation>
  </message>
 </context>
 <context>
  <name>ProvenancePanel</name>
  <message>
   <source>How it was made</source>
   <translation>Wie es entstanden ist</translation>
  </message>
 </context>
 <context>
  <name>QtWorker</name>
  <message>
   <source>The background process could not be started: {why}.</source>
   <translation>Der Hintergrundprozess konnte nicht gestartet werden: {why}.</translation>
  </message>
 </context>
 <context>
  <name>RangeRow</name>
  <message>
   <source>{what}, at least</source>
   <translation>{what}, mindestens</translation>
  </message>
  <message>
   <source>{what}, at most</source>
   <translation>{what}, höchstens</translation>
  </message>
 </context>
 <context>
  <name>ReaderMatrix</name>
  <message>
   <source>Cells by the labels of both readers</source>
   <translation>Zellen nach den Bezeichnungen beider Befunder</translation>
  </message>
  <message>
   <source>{n} cells: {first} {one}, {second} {other}</source>
   <translation>{n} Zellen: {first} {one}, {second} {other}</translation>
  </message>
 </context>
 <context>
  <name>ReadingDialog</name>
  <message>
   <source>Begin to read</source>
   <translation>Durchsicht beginnen</translation>
  </message>
  <message>
   <source>Go on with reading {s}: {n} cells, the last on {date}</source>
   <translation>Durchsicht {s} fortsetzen: {n} Zellen, die letzte am {date}</translation>
  </message>
  <message>
   <source>Hide what the model gives as well</source>
   <translation>Auch verbergen, was das Modell angibt</translation>
  </message>
  <message>
   <source>Name of the reader</source>
   <translation>Name des Befunders</translation>
  </message>
  <message>
   <source>Read the case blind</source>
   <translation>Den Fall verblindet durchsehen</translation>
  </message>
  <message>
   <source>Reader</source>
   <translation>Befunder</translation>
  </message>
  <message>
   <source>Reading</source>
   <translation>Durchsicht</translation>
  </message>
  <message>
   <source>Reading {s}, a new one</source>
   <translation>Durchsicht {s}, eine neue</translation>
  </message>
  <message>
   <source>The reader sees no review of this case. Each label is kept under their name and changes no verdict, also where the case is signed. Read again by yourself after some weeks, it shows how far you agree with yourself.</source>
   <translation>Wer verblindet durchsieht, sieht keine Durchsicht dieses Falls. Jede Bezeichnung wird unter diesem Namen behalten und ändert keinen Befund, auch wenn der Fall unterschrieben ist. Nach einigen Wochen von Ihnen selbst wiederholt, zeigt die Durchsicht, wie weit Sie mit sich selbst übereinstimmen.</translation>
  </message>
  <message>
   <source>Which reading of this reader</source>
   <translation>Welche Durchsicht dieses Befunders</translation>
  </message>
 </context>
 <context>
  <name>ReadingLine</name>
  <message>
   <source>Blind reading {s} of {name}: {n} of {all} cells have a label.</source>
   <translation>Verblindete Durchsicht {s} von {name}: {n} von {all} Zellen haben eine Bezeichnung.</translation>
  </message>
  <message>
   <source>End the blind reading</source>
   <translation>Verblindete Durchsicht beenden</translation>
  </message>
 </context>
 <context>
  <name>RecallBars</name>
  <message>
   <source>Share of each class that is found</source>
   <translation>Anteil jeder Klasse, der gefunden wird</translation>
  </message>
 </context>
 <context>
  <name>ReferenceController</name>
  <message>
   <source>Added to the references; {kind} has {n} now.</source>
   <translation>Zu den Referenzen hinzugefügt; {kind} hat jetzt {n}.</translation>
  </message>
  <message>
   <source>At most {n} cells become references at once.</source>
   <translation>Höchstens {n} Zellen auf einmal werden zu Referenzen.</translation>
  </message>
  <message>
   <source>It is among the references already; {kind} has {n}.</source>
   <translation>Sie ist schon unter den Referenzen; {kind} hat {n}.</translation>
  </message>
  <message>
   <source>No reference cell of this class yet. “Add to references” (Shift+R) keeps a cell here.</source>
   <translation>Noch keine Referenzzelle dieser Klasse. „Zu den Referenzen“ (Umschalt+R) behält eine Zelle hier.</translation>
  </message>
  <message>
   <source>Only a cell with a class becomes a reference: review it first.</source>
   <translation>Nur eine Zelle mit einer Klasse wird zur Referenz: Sehen Sie sie zuerst durch.</translation>
  </message>
  <message>
   <source>Reference: {kind}, {name} of {case}, {reader}, {date}</source>
   <translation>Referenz: {kind}, {name} aus {case}, {reader}, {date}</translation>
  </message>
  <message>
   <source>Removed from the references.</source>
   <translation>Aus den Referenzen entfernt.</translation>
  </message>
  <message>
   <source>{name}, of this case</source>
   <translation>{name}, aus diesem Fall</translation>
  </message>
 </context>
 <context>
  <name>ReferencePanel</name>
  <message>
   <source>Class of the reference cells</source>
   <translation>Klasse der Referenzzellen</translation>
  </message>
  <message>
   <source>Reference cells of the class, then cells of this case</source>
   <translation>Referenzzellen der Klasse, dann Zellen dieses Falls</translation>
  </message>
  <message>
   <source>Remove from references</source>
   <translation>Aus den Referenzen entfernen</translation>
  </message>
 </context>
 <context>
  <name>ReopenDialog</name>
  <message>
   <source>Reason</source>
   <translation>Grund</translation>
  </message>
  <message>
   <source>Reopen</source>
   <translation>Wieder öffnen</translation>
  </message>
  <message>
   <source>Reopen the case</source>
   <translation>Den Fall wieder öffnen</translation>
  </message>
  <message>
   <source>Your name</source>
   <translation>Ihr Name</translation>
  </message>
 </context>
 <context>
  <name>ReportLanguage</name>
  <message>
   <source>95 % interval</source>
   <translation>95-%-Intervall</translation>
  </message>
  <message>
   <source>A bar for each class from 0 to 100 %; the line at its end is the interval.</source>
   <translation>Ein Balken für jede Klasse von 0 bis 100 %; die Linie an seinem Ende ist das Intervall.</translation>
  </message>
  <message>
   <source>After review</source>
   <translation>Nach der Durchsicht</translation>
  </message>
  <message>
   <source>And {n} more.</source>
   <translation>Und {n} weitere.</translation>
  </message>
  <message>
   <source>Audit trail: entry {seq}, digest {digest}. The program's check of the audit trail compares it with what is stored.</source>
   <translation>Protokoll: Eintrag {seq}, Prüfsumme {digest}. Die Prüfung des Protokolls im Programm vergleicht sie mit dem, was gespeichert ist.</translation>
  </message>
  <message>
   <source>Bars of cells by probability from 0 to 1; the dashed line is the threshold.</source>
   <translation>Balken der Zellen nach Wahrscheinlichkeit von 0 bis 1; die gestrichelte Linie ist die Schwelle.</translation>
  </message>
  <message>
   <source>Before review: of what the model accepted</source>
   <translation>Vor der Durchsicht: von dem, was das Modell akzeptiert hat</translation>
  </message>
  <message>
   <source>Beside the white cells:</source>
   <translation>Neben den weißen Zellen:</translation>
  </message>
  <message>
   <source>Calibrated for</source>
   <translation>Kalibriert für</translation>
  </message>
  <message>
   <source>Calibrated for this source</source>
   <translation>Für diese Quelle kalibriert</translation>
  </message>
  <message>
   <source>Cells by probability of their class; dashed: under {p} a cell goes to review.</source>
   <translation>Zellen nach der Wahrscheinlichkeit ihrer Klasse; gestrichelt: unter {p} kommt eine Zelle zur Durchsicht.</translation>
  </message>
  <message>
   <source>Cells counted: {n} white cells</source>
   <translation>Gezählte Zellen: {n} weiße Zellen</translation>
  </message>
  <message>
   <source>Cells of a blood smear, classified by {model}. Written {time}.</source>
   <translation>Zellen eines Blutausstrichs, klassifiziert von {model}. Erstellt {time}.</translation>
  </message>
  <message>
   <source>Change since the patient's earlier case</source>
   <translation>Änderung seit dem früheren Fall desselben Patienten</translation>
  </message>
  <message>
   <source>Changed or vanished since they were judged ({n})</source>
   <translation>Seit ihrer Beurteilung geändert oder verschwunden ({n})</translation>
  </message>
  <message>
   <source>Corrected: for the errors on the sources of the model's card (Rogan and Gladen 1978, parametric bootstrap).</source>
   <translation>Korrigiert: um die Fehler auf den Quellen der Karte des Modells (Rogan und Gladen 1978, parametrischer Bootstrap).</translation>
  </message>
  <message>
   <source>DRAFT – not signed</source>
   <translation>ENTWURF – nicht unterschrieben</translation>
  </message>
  <message>
   <source>Device, precision</source>
   <translation>Gerät, Genauigkeit</translation>
  </message>
  <message>
   <source>Differential</source>
   <translation>Differenzialblutbild</translation>
  </message>
  <message>
   <source>Draft: nobody has signed this case. Its figures may still change; they are no finding.</source>
   <translation>Entwurf: Niemand hat diesen Fall unterschrieben. Seine Zahlen können sich noch ändern; sie sind kein Befund.</translation>
  </message>
  <message>
   <source>Earlier: {name}, {time}, {n} white cells. Interval of the difference: Newcombe, 95 %; detected: Fisher's exact test, corrected by Holm.</source>
   <translation>Früher: {name}, {time}, {n} weiße Zellen. Intervall der Differenz: Newcombe, 95 %; nachgewiesen: exakter Test nach Fisher, korrigiert nach Holm.</translation>
  </message>
  <message>
   <source>Excluded</source>
   <translation>Ausgeschlossen</translation>
  </message>
  <message>
   <source>Failed images ({n})</source>
   <translation>Fehlgeschlagene Bilder ({n})</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>For research use only; not a medical device.</source>
   <translation>Nur für Forschungszwecke; kein Medizinprodukt.</translation>
  </message>
  <message>
   <source>Histogram of probabilities: {sums}; threshold {p}</source>
   <translation>Histogramm der Wahrscheinlichkeiten: {sums}; Schwelle {p}</translation>
  </message>
  <message>
   <source>How it was made</source>
   <translation>Wie es entstanden ist</translation>
  </message>
  <message>
   <source>In no percentage by review: {counts}.</source>
   <translation>Nach Durchsicht in keinem Prozentwert: {counts}.</translation>
  </message>
  <message>
   <source>It was signed although not every cell was named by a person: {accepted} rest on the model alone, {unknown} are unknown, {pending} are not decided. Required was: {what}.</source>
   <translation>Unterschrieben, obwohl nicht jede Zelle von einer Person benannt wurde: {accepted} beruhen allein auf dem Modell, {unknown} sind unbekannt, {pending} sind nicht entschieden. Verlangt war: {what}.</translation>
  </message>
  <message>
   <source>Judged by</source>
   <translation>Beurteilt von</translation>
  </message>
  <message>
   <source>Last run</source>
   <translation>Letzter Lauf</translation>
  </message>
  <message>
   <source>Left to chance, not chosen: a few of each class, each with the heat map of where the network looked where there is one.</source>
   <translation>Vom Zufall bestimmt, nicht ausgesucht: einige Zellen jeder Klasse, jede mit der Heatmap, wo das Netz hingesehen hat, soweit es eine gibt.</translation>
  </message>
  <message>
   <source>Left to chance, not chosen: a few of each class. The heat maps of this model did not pass their checks and are left out.</source>
   <translation>Zufällig, nicht ausgewählt: einige jeder Klasse. Die Heatmaps dieses Modells haben ihre Prüfung nicht bestanden und fehlen daher.</translation>
  </message>
  <message>
   <source>Magnification</source>
   <translation>Vergrößerung</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>Netz</translation>
  </message>
  <message>
   <source>No cell was reviewed by a person.</source>
   <translation>Keine Zelle wurde von einer Person durchgesehen.</translation>
  </message>
  <message>
   <source>Notes</source>
   <translation>Bemerkungen</translation>
  </message>
  <message>
   <source>Of what persons reviewed</source>
   <translation>Von dem, was Personen durchgesehen haben</translation>
  </message>
  <message>
   <source>Of what the model accepted</source>
   <translation>Von dem, was das Modell akzeptiert hat</translation>
  </message>
  <message>
   <source>Patient (pseudonym)</source>
   <translation>Patient (Pseudonym)</translation>
  </message>
  <message>
   <source>Percent of the {n} white cells of the model's classes that were accepted. It is no differential of the patient: what the model leaves open or takes for another class is not in it. Interval: exact (Clopper-Pearson), 95 %.</source>
   <translation>Prozent der {n} weißen Zellen der Klassen des Modells, die akzeptiert wurden. Es ist kein Differenzialblutbild des Patienten: Was das Modell offen lässt oder für eine andere Klasse hält, ist nicht darin. Intervall: exakt (Clopper-Pearson), 95 %.</translation>
  </message>
  <message>
   <source>Percent of {n} white cells: as a person reviewed them, else as the model accepted them. Interval: exact (Clopper-Pearson), 95 %.</source>
   <translation>Prozent von {n} weißen Zellen: wie von einer Person durchgesehen, sonst wie vom Modell akzeptiert. Intervall: exakt (Clopper-Pearson), 95 %.</translation>
  </message>
  <message>
   <source>Percent of {n} white cells: {values}</source>
   <translation>Prozent von {n} weißen Zellen: {values}</translation>
  </message>
  <message>
   <source>Percent of {white} white cells, of {n} cells that were reviewed of {m}. Interval: exact (Clopper-Pearson), 95 %.</source>
   <translation>Prozent von {white} weißen Zellen, unter {n} durchgesehenen Zellen von {m}. Intervall: exakt (Clopper-Pearson), 95 %.</translation>
  </message>
  <message>
   <source>Possible blasts</source>
   <translation>Mögliche Blasten</translation>
  </message>
  <message>
   <source>Probabilities</source>
   <translation>Wahrscheinlichkeiten</translation>
  </message>
  <message>
   <source>Reader</source>
   <translation>Beurteilende Person</translation>
  </message>
  <message>
   <source>Red cell, diameter</source>
   <translation>Rote Zelle, Durchmesser</translation>
  </message>
  <message>
   <source>Review and sign-off</source>
   <translation>Durchsicht und Unterschrift</translation>
  </message>
  <message>
   <source>Reviewed by persons</source>
   <translation>Von Personen durchgesehen</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>Läufe</translation>
  </message>
  <message>
   <source>Runs of this case</source>
   <translation>Läufe dieses Falls</translation>
  </message>
  <message>
   <source>SHA-256 of the card</source>
   <translation>SHA-256 der Karte</translation>
  </message>
  <message>
   <source>Sample</source>
   <translation>Probe</translation>
  </message>
  <message>
   <source>Signed by {name}, {time}.</source>
   <translation>Unterschrieben von {name}, {time}.</translation>
  </message>
  <message>
   <source>Size of a pixel</source>
   <translation>Größe eines Pixels</translation>
  </message>
  <message>
   <source>Software</source>
   <translation>Software</translation>
  </message>
  <message>
   <source>Some cells</source>
   <translation>Einige Zellen</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>Quelle</translation>
  </message>
  <message>
   <source>Stain</source>
   <translation>Färbung</translation>
  </message>
  <message>
   <source>The grey band is the share with none or all of the open cells.</source>
   <translation>Das graue Band ist der Anteil mit keiner oder allen der offenen Zellen.</translation>
  </message>
  <message>
   <source>Thresholds chosen for</source>
   <translation>Schwellen gewählt für</translation>
  </message>
  <message>
   <source>To review</source>
   <translation>Zur Durchsicht</translation>
  </message>
  <message>
   <source>To review under</source>
   <translation>Zur Durchsicht unter</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
  <message>
   <source>Unknown beyond</source>
   <translation>Unbekannt jenseits von</translation>
  </message>
  <message>
   <source>Unknown cells look like: {counts}.</source>
   <translation>Unbekannte Zellen sehen aus wie: {counts}.</translation>
  </message>
  <message>
   <source>Unknown from</source>
   <translation>Unbekannt ab</translation>
  </message>
  <message>
   <source>What is said of a cell is a suggestion that a person has to check.</source>
   <translation>Was von einer Zelle gesagt wird, ist ein Vorschlag, den eine Person prüfen muss.</translation>
  </message>
  <message>
   <source>What is said of them holds for the old files.</source>
   <translation>Was von ihnen gesagt wird, gilt für die alten Dateien.</translation>
  </message>
  <message>
   <source>What the model promises for this source</source>
   <translation>Was das Modell für diese Quelle verspricht</translation>
  </message>
  <message>
   <source>With the open cells: what the share is if none or all of the open ones are of the class ({review} to review, {blasts} of them possible blasts, and {unknown} unknown).</source>
   <translation>Mit den offenen Zellen: wie groß der Anteil ist, wenn keine oder alle der offenen zu der Klasse gehören ({review} zur Durchsicht, {blasts} davon mögliche Blasten, und {unknown} unbekannt).</translation>
  </message>
  <message>
   <source>about {n} cells would decide it at this share</source>
   <translation>etwa {n} Zellen würden es bei diesem Anteil entscheiden</translation>
  </message>
  <message>
   <source>accepted</source>
   <translation>akzeptiert</translation>
  </message>
  <message>
   <source>act</source>
   <translation>Vorgang</translation>
  </message>
  <message>
   <source>assumed</source>
   <translation>angenommen</translation>
  </message>
  <message>
   <source>balanced</source>
   <translation>ausgewogen</translation>
  </message>
  <message>
   <source>by</source>
   <translation>durch</translation>
  </message>
  <message>
   <source>careful</source>
   <translation>vorsichtig</translation>
  </message>
  <message>
   <source>cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>corrected</source>
   <translation>korrigiert</translation>
  </message>
  <message>
   <source>device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>difference</source>
   <translation>Differenz</translation>
  </message>
  <message>
   <source>distance {d}</source>
   <translation>Abstand {d}</translation>
  </message>
  <message>
   <source>earlier</source>
   <translation>früher</translation>
  </message>
  <message>
   <source>entered</source>
   <translation>eingegeben</translation>
  </message>
  <message>
   <source>every cell</source>
   <translation>jede Zelle</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>fehlgeschlagen</translation>
  </message>
  <message>
   <source>fields</source>
   <translation>Felder</translation>
  </message>
  <message>
   <source>finished</source>
   <translation>beendet</translation>
  </message>
  <message>
   <source>first</source>
   <translation>zuerst</translation>
  </message>
  <message>
   <source>from a score of {score} on</source>
   <translation>ab einem Wert von {score}</translation>
  </message>
  <message>
   <source>from the size of a pixel</source>
   <translation>aus der Größe eines Pixels</translation>
  </message>
  <message>
   <source>going on</source>
   <translation>im Gang</translation>
  </message>
  <message>
   <source>heat map of {name}</source>
   <translation>Heatmap von {name}</translation>
  </message>
  <message>
   <source>image</source>
   <translation>Bild</translation>
  </message>
  <message>
   <source>images</source>
   <translation>Bilder</translation>
  </message>
  <message>
   <source>judged</source>
   <translation>beurteilt</translation>
  </message>
  <message>
   <source>last</source>
   <translation>zuletzt</translation>
  </message>
  <message>
   <source>looks like {name}</source>
   <translation>sieht aus wie {name}</translation>
  </message>
  <message>
   <source>measured</source>
   <translation>gemessen</translation>
  </message>
  <message>
   <source>model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>more than chance</source>
   <translation>mehr als Zufall</translation>
  </message>
  <message>
   <source>no</source>
   <translation>nein</translation>
  </message>
  <message>
   <source>no bound</source>
   <translation>ohne Grenze</translation>
  </message>
  <message>
   <source>no cells</source>
   <translation>keine Zellen</translation>
  </message>
  <message>
   <source>no distance</source>
   <translation>keinem Abstand</translation>
  </message>
  <message>
   <source>no number of cells would decide it at this share</source>
   <translation>bei diesem Anteil würde keine Zahl von Zellen es entscheiden</translation>
  </message>
  <message>
   <source>no source</source>
   <translation>keine Quelle</translation>
  </message>
  <message>
   <source>none</source>
   <translation>keine</translation>
  </message>
  <message>
   <source>not detected</source>
   <translation>nicht nachgewiesen</translation>
  </message>
  <message>
   <source>not entered</source>
   <translation>nicht eingegeben</translation>
  </message>
  <message>
   <source>not for a source of the model</source>
   <translation>nicht bei einer Quelle des Modells</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>nicht bekannt</translation>
  </message>
  <message>
   <source>not named</source>
   <translation>nicht genannt</translation>
  </message>
  <message>
   <source>not stated</source>
   <translation>nicht angegeben</translation>
  </message>
  <message>
   <source>not the same in all runs</source>
   <translation>nicht in allen Läufen gleich</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>nichts</translation>
  </message>
  <message>
   <source>now</source>
   <translation>jetzt</translation>
  </message>
  <message>
   <source>off</source>
   <translation>aus</translation>
  </message>
  <message>
   <source>out of reach</source>
   <translation>außer Reichweite</translation>
  </message>
  <message>
   <source>per 100 white cells</source>
   <translation>je 100 weiße Zellen</translation>
  </message>
  <message>
   <source>precision</source>
   <translation>Genauigkeit</translation>
  </message>
  <message>
   <source>probability {p}</source>
   <translation>Wahrscheinlichkeit {p}</translation>
  </message>
  <message>
   <source>reached</source>
   <translation>erreicht</translation>
  </message>
  <message>
   <source>reason</source>
   <translation>Grund</translation>
  </message>
  <message>
   <source>reason or remark</source>
   <translation>Grund oder Bemerkung</translation>
  </message>
  <message>
   <source>reopened</source>
   <translation>wieder geöffnet</translation>
  </message>
  <message>
   <source>reviewed: {name}</source>
   <translation>durchgesehen: {name}</translation>
  </message>
  <message>
   <source>reviewed: {name} ({person})</source>
   <translation>durchgesehen: {name} ({person})</translation>
  </message>
  <message>
   <source>reviewer</source>
   <translation>Person</translation>
  </message>
  <message>
   <source>run</source>
   <translation>Lauf</translation>
  </message>
  <message>
   <source>signed</source>
   <translation>unterschrieben</translation>
  </message>
  <message>
   <source>started</source>
   <translation>begonnen</translation>
  </message>
  <message>
   <source>state</source>
   <translation>Zustand</translation>
  </message>
  <message>
   <source>stopped</source>
   <translation>angehalten</translation>
  </message>
  <message>
   <source>the cells on which the model did not decide</source>
   <translation>die Zellen, über die das Modell nicht entschieden hat</translation>
  </message>
  <message>
   <source>the model's own sources; nothing is promised for this one</source>
   <translation>die eigenen Quellen des Modells; für diese ist nichts versprochen</translation>
  </message>
  <message>
   <source>time</source>
   <translation>Zeit</translation>
  </message>
  <message>
   <source>to review</source>
   <translation>zur Durchsicht</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>unbekannt</translation>
  </message>
  <message>
   <source>version {v}</source>
   <translation>Version {v}</translation>
  </message>
  <message>
   <source>with the open cells</source>
   <translation>mit den offenen Zellen</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>ja</translation>
  </message>
  <message>
   <source>{image}, cell {letters}</source>
   <translation>{image}, Zelle {letters}</translation>
  </message>
  <message>
   <source>{low} to {high}</source>
   <translation>{low} bis {high}</translation>
  </message>
  <message>
   <source>{name}: the interval spans {limit} %</source>
   <translation>{name}: Das Intervall umfasst {limit} %</translation>
  </message>
  <message>
   <source>{name}: {limit} % to within ± {width} %</source>
   <translation>{name}: {limit} % auf ± {width} % genau</translation>
  </message>
  <message>
   <source>{n} cells</source>
   <translation>{n} Zellen</translation>
  </message>
  <message>
   <source>{n} more are needed</source>
   <translation>noch {n} nötig</translation>
  </message>
  <message>
   <source>{n} of {m} cells</source>
   <translation>{n} von {m} Zellen</translation>
  </message>
  <message>
   <source>{n} of {m} cells ({p} %) were reviewed by a person.</source>
   <translation>{n} von {m} Zellen ({p} %) wurden von einer Person durchgesehen.</translation>
  </message>
  <message>
   <source>{n} to review</source>
   <translation>{n} zur Durchsicht</translation>
  </message>
  <message>
   <source>{n} white cells</source>
   <translation>{n} weiße Zellen</translation>
  </message>
  <message>
   <source>{p} for all other kinds together</source>
   <translation>{p} für alle anderen Arten zusammen</translation>
  </message>
  <message>
   <source>{start} to {end}, {state}</source>
   <translation>{start} bis {end}, {state}</translation>
  </message>
 </context>
 <context>
  <name>ReportOptions</name>
  <message>
   <source>Choose the logo of the laboratory</source>
   <translation>Logo des Labors wählen</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>Wählen…</translation>
  </message>
  <message>
   <source>English</source>
   <translation>Englisch</translation>
  </message>
  <message>
   <source>German</source>
   <translation>Deutsch</translation>
  </message>
  <message>
   <source>Head of the report</source>
   <translation>Kopf des Berichts</translation>
  </message>
  <message>
   <source>Laboratory</source>
   <translation>Labor</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Sprache</translation>
  </message>
  <message>
   <source>Language of the report</source>
   <translation>Sprache des Berichts</translation>
  </message>
  <message>
   <source>Logo</source>
   <translation>Logo</translation>
  </message>
  <message>
   <source>Logo of the laboratory</source>
   <translation>Logo des Labors</translation>
  </message>
  <message>
   <source>Name and address of the laboratory</source>
   <translation>Name und Anschrift des Labors</translation>
  </message>
  <message>
   <source>PNG or JPEG; empty for none</source>
   <translation>PNG oder JPEG; leer für keines</translation>
  </message>
  <message>
   <source>Pictures (*.png *.jpg *.jpeg)</source>
   <translation>Bilder (*.png *.jpg *.jpeg)</translation>
  </message>
  <message>
   <source>Preview…</source>
   <translation>Vorschau…</translation>
  </message>
 </context>
 <context>
  <name>ReportPreview</name>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>Exportieren…</translation>
  </message>
  <message>
   <source>Go to the first of them</source>
   <translation>Zur ersten davon gehen</translation>
  </message>
  <message>
   <source>Larger pages</source>
   <translation>Größere Seiten</translation>
  </message>
  <message>
   <source>Preview of the report</source>
   <translation>Vorschau des Berichts</translation>
  </message>
  <message>
   <source>Smaller pages</source>
   <translation>Kleinere Seiten</translation>
  </message>
  <message>
   <source>The report is being written…</source>
   <translation>Der Bericht wird geschrieben…</translation>
  </message>
 </context>
 <context>
  <name>ReportPreviewController</name>
  <message>
   <source>Draft: the case is not signed. {why}</source>
   <translation>Entwurf: Der Fall ist nicht unterschrieben. {why}</translation>
  </message>
  <message>
   <source>The case is signed.</source>
   <translation>Der Fall ist unterschrieben.</translation>
  </message>
 </context>
 <context>
  <name>ReportView</name>
  <message>
   <source>Report</source>
   <translation>Bericht</translation>
  </message>
  <message>
   <source>The report can no longer be read.</source>
   <translation>Der Bericht lässt sich nicht mehr lesen.</translation>
  </message>
 </context>
 <context>
  <name>ResultTable</name>
  <message>
   <source>Measured models</source>
   <translation>Gemessene Modelle</translation>
  </message>
 </context>
 <context>
  <name>RetrainController</name>
  <message>
   <source>Kept for judging models: {n} reviewed cells of locked patients.</source>
   <translation>Für die Beurteilung von Modellen zurückgehalten: durchgesehene Zellen: {n}.</translation>
  </message>
  <message>
   <source>The command is on the clipboard.</source>
   <translation>Der Befehl ist in der Zwischenablage.</translation>
  </message>
  <message>
   <source>What the audit wrote cannot be read.</source>
   <translation>Was die Prüfung geschrieben hat, ist nicht lesbar.</translation>
  </message>
 </context>
 <context>
  <name>RetrainWizard</name>
  <message>
   <source>Teach a model</source>
   <translation>Ein Modell trainieren</translation>
  </message>
 </context>
 <context>
  <name>ReviewClassController</name>
  <message>
   <source>Classes of cells</source>
   <translation>Klassen der Zellen</translation>
  </message>
  <message>
   <source>The list of review classes cannot be deleted.</source>
   <translation>Die Liste der Klassen für die Durchsicht lässt sich nicht löschen.</translation>
  </message>
 </context>
 <context>
  <name>ReviewPage</name>
  <message>
   <source>Looking for images…</source>
   <translation>Bilder werden gesucht…</translation>
  </message>
  <message>
   <source>The folder holds {content}.</source>
   <translation>Der Ordner enthält {content}.</translation>
  </message>
  <message>
   <source>There is no image in {folder}.
Images are JPEG, PNG, TIFF, BMP and WebP files.</source>
   <translation>In {folder} ist kein Bild.
Bilder sind JPEG-, PNG-, TIFF-, BMP- und WebP-Dateien.</translation>
  </message>
 </context>
 <context>
  <name>ReviewProgress</name>
  <message>
   <source>Count to</source>
   <translation>Zählen bis</translation>
  </message>
  <message>
   <source>Differential</source>
   <translation>Differenzialblutbild</translation>
  </message>
  <message>
   <source>How many white cells the lab counts</source>
   <translation>Wie viele weiße Zellen das Labor zählt</translation>
  </message>
  <message>
   <source>Of classified white cells; cells beside them are per 100 white cells. The summary has the intervals.</source>
   <translation>Bezogen auf die klassifizierten weißen Zellen; Zellen daneben je 100 weiße Zellen. Die Intervalle stehen in der Zusammenfassung.</translation>
  </message>
  <message>
   <source>Percentages before and after the review</source>
   <translation>Anteile vor und nach der Durchsicht</translation>
  </message>
  <message>
   <source>White cells counted</source>
   <translation>Gezählte weiße Zellen</translation>
  </message>
  <message>
   <source>{n} of {target} white cells</source>
   <translation>{n} von {target} weißen Zellen</translation>
  </message>
  <message>
   <source>{n} of {total} reviewed ({share} %)</source>
   <translation>{n} von {total} durchgesehen ({share} %)</translation>
  </message>
  <message>
   <source>{n} open</source>
   <translation>{n} offen</translation>
  </message>
 </context>
 <context>
  <name>ReviewSection</name>
  <message>
   <source>Before and after the review</source>
   <translation>Vor und nach der Durchsicht</translation>
  </message>
  <message>
   <source>White cells, the 100 %: {before} as the model accepted them, {after} with the review; {n} open.</source>
   <translation>Weiße Zellen, die 100 %: {before}, wie das Modell sie akzeptiert hat, {after} mit der Durchsicht; {n} offen.</translation>
  </message>
 </context>
 <context>
  <name>RunController</name>
  <message>
   <source>A run is going on</source>
   <translation>Ein Lauf ist im Gang</translation>
  </message>
  <message>
   <source>Add a folder to the queue</source>
   <translation>Ordner in die Warteschlange stellen</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Fortsetzen</translation>
  </message>
  <message>
   <source>It waits its turn.</source>
   <translation>Wartet, bis es an der Reihe ist.</translation>
  </message>
  <message>
   <source>Keep running</source>
   <translation>Weiterlaufen lassen</translation>
  </message>
  <message>
   <source>Open the log folder</source>
   <translation>Protokollordner öffnen</translation>
  </message>
  <message>
   <source>Stop and close</source>
   <translation>Anhalten und schließen</translation>
  </message>
  <message>
   <source>Stop the run and close?</source>
   <translation>Lauf anhalten und schließen?</translation>
  </message>
  <message>
   <source>The command is on the clipboard.</source>
   <translation>Der Befehl ist in der Zwischenablage.</translation>
  </message>
  <message>
   <source>The last run of this folder did not come to its end.</source>
   <translation>Der letzte Lauf dieses Ordners kam nicht zum Ende.</translation>
  </message>
  <message>
   <source>The run was stopped. What was done is kept.</source>
   <translation>Der Lauf wurde angehalten. Was fertig ist, bleibt erhalten.</translation>
  </message>
  <message>
   <source>What was classified so far is kept; you can go on with the run later.</source>
   <translation>Was bisher klassifiziert wurde, bleibt erhalten; der Lauf lässt sich später fortsetzen.</translation>
  </message>
  <message>
   <source>{folder} is done.</source>
   <translation>{folder} ist fertig.</translation>
  </message>
  <message>
   <source>{folder} waits its turn.</source>
   <translation>{folder} wartet in der Warteschlange.</translation>
  </message>
 </context>
 <context>
  <name>RunTable</name>
  <message>
   <source>Runs that were made with the model</source>
   <translation>Läufe, die mit dem Modell gemacht wurden</translation>
  </message>
 </context>
 <context>
  <name>ScopeChooser</name>
  <message>
   <source>This case</source>
   <translation>Dieser Fall</translation>
  </message>
  <message>
   <source>This case: {n} runs of {model} together</source>
   <translation>Dieser Fall: {n} Läufe von {model} zusammen</translation>
  </message>
  <message>
   <source>What the figures are of</source>
   <translation>Wovon die Zahlen sind</translation>
  </message>
 </context>
 <context>
  <name>SearchField</name>
  <message>
   <source>Find by name</source>
   <translation>Nach Namen suchen</translation>
  </message>
  <message>
   <source>Look for nothing</source>
   <translation>Suche leeren</translation>
  </message>
  <message>
   <source>Several words: all of them must be in the name or its folder</source>
   <translation>Mehrere Wörter: Alle müssen im Namen oder in seinem Ordner vorkommen</translation>
  </message>
  <message>
   <source>Words in the name of an image</source>
   <translation>Wörter im Namen eines Bildes</translation>
  </message>
 </context>
 <context>
  <name>SettingRow</name>
  <message>
   <source>Reset</source>
   <translation>Zurücksetzen</translation>
  </message>
  <message>
   <source>Reset to default</source>
   <translation>Auf Vorgabe zurücksetzen</translation>
  </message>
  <message>
   <source>Reset to default: {setting}</source>
   <translation>Auf Vorgabe zurücksetzen: {setting}</translation>
  </message>
 </context>
 <context>
  <name>Settings</name>
  <message>
   <source>A run also writes an image with its heat map for every cell, among its results.</source>
   <translation>Ein Lauf schreibt zu seinen Ergebnissen für jede Zelle auch ein Bild mit ihrer Heatmap.</translation>
  </message>
  <message>
   <source>A training can go on without the window, or pause and go on later.</source>
   <translation>Ein Training kann ohne das Fenster weiterlaufen, oder pausieren und später weitergehen.</translation>
  </message>
  <message>
   <source>After a review go on to</source>
   <translation>Nach einer Durchsicht weiter zu</translation>
  </message>
  <message>
   <source>All</source>
   <translation>Alle</translation>
  </message>
  <message>
   <source>All of them read well for colour-blind people. Orange and blue also show what speaks against the class.</source>
   <translation>Alle sind auch bei Farbenblindheit gut lesbar. Orange und Blau zeigt auch, was gegen die Klasse spricht.</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>Wie das System</translation>
  </message>
  <message>
   <source>Ask</source>
   <translation>Fragen</translation>
  </message>
  <message>
   <source>Ask before closing during a run</source>
   <translation>Vor dem Schließen während eines Laufs fragen</translation>
  </message>
  <message>
   <source>Balanced</source>
   <translation>Ausgewogen</translation>
  </message>
  <message>
   <source>CPU</source>
   <translation>CPU</translation>
  </message>
  <message>
   <source>Careful</source>
   <translation>Vorsichtig</translation>
  </message>
  <message>
   <source>Cells of a lab that the model does not know are reviewed, not accepted, where they resemble a blast. Careful loses fewer blasts, for more cells to look at.</source>
   <translation>Zellen eines Labors, das das Modell nicht kennt, werden geprüft statt angenommen, wo sie einem Blasten ähneln. Vorsichtig verliert weniger Blasten, für mehr Zellen zum Ansehen.</translation>
  </message>
  <message>
   <source>Colours of the heat map</source>
   <translation>Farben der Heatmap</translation>
  </message>
  <message>
   <source>Count cells that the edge of a field cuts</source>
   <translation>Zellen mitzählen, die der Rand eines Feldes anschneidet</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>Dunkel</translation>
  </message>
  <message>
   <source>Device for runs</source>
   <translation>Gerät für Läufe</translation>
  </message>
  <message>
   <source>Disk space for thumbnails</source>
   <translation>Speicherplatz für Vorschaubilder</translation>
  </message>
  <message>
   <source>Draw heat maps to files</source>
   <translation>Heatmaps in Dateien zeichnen</translation>
  </message>
  <message>
   <source>Draw the outline that was found over the image.</source>
   <translation>Den gefundenen Umriss über das Bild zeichnen.</translation>
  </message>
  <message>
   <source>English</source>
   <translation>English</translation>
  </message>
  <message>
   <source>Every cell</source>
   <translation>Jede Zelle</translation>
  </message>
  <message>
   <source>Exact</source>
   <translation>Exakt</translation>
  </message>
  <message>
   <source>Fast</source>
   <translation>Schnell</translation>
  </message>
  <message>
   <source>Fast takes the quickest arithmetic that passed the model's checks on a processor like this one; its figures differ in the last digits.</source>
   <translation>Schnell nimmt die schnellste Arithmetik, die auf einem Prozessor wie diesem die Prüfungen des Modells bestanden hat; ihre Zahlen weichen in den letzten Stellen ab.</translation>
  </message>
  <message>
   <source>Follow the system, or always the one or the other.</source>
   <translation>Dem System folgen, oder immer das eine oder das andere.</translation>
  </message>
  <message>
   <source>From a cell to review or an unknown one, or from any cell.</source>
   <translation>Von einer Zelle zur Durchsicht oder einer unbekannten aus, oder von jeder.</translation>
  </message>
  <message>
   <source>GPU</source>
   <translation>GPU</translation>
  </message>
  <message>
   <source>German</source>
   <translation>Deutsch</translation>
  </message>
  <message>
   <source>Heat map</source>
   <translation>Heatmap</translation>
  </message>
  <message>
   <source>How strongly the heat map covers the image, 0 to 1.</source>
   <translation>Wie stark die Heatmap das Bild überdeckt, 0 bis 1.</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Sprache</translation>
  </message>
  <message>
   <source>Let it go on</source>
   <translation>Weiterlaufen lassen</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>Hell</translation>
  </message>
  <message>
   <source>Light or dark</source>
   <translation>Hell oder dunkel</translation>
  </message>
  <message>
   <source>Look</source>
   <translation>Aussehen</translation>
  </message>
  <message>
   <source>MB</source>
   <translation>MB</translation>
  </message>
  <message>
   <source>Nothing</source>
   <translation>Nichts</translation>
  </message>
  <message>
   <source>Of menus and all words; it changes when the program is started again.</source>
   <translation>Für Menüs und alle Texte; sie wechselt, wenn das Programm neu gestartet wird.</translation>
  </message>
  <message>
   <source>Off</source>
   <translation>Aus</translation>
  </message>
  <message>
   <source>Or five of every class, since the last one; with 0 it is never offered.</source>
   <translation>Oder fünf jeder Klasse, seit der letzten; mit 0 wird sie nie angeboten.</translation>
  </message>
  <message>
   <source>Orange and blue</source>
   <translation>Orange und Blau</translation>
  </message>
  <message>
   <source>Outline of the cell</source>
   <translation>Umriss der Zelle</translation>
  </message>
  <message>
   <source>Pause it</source>
   <translation>Pausieren</translation>
  </message>
  <message>
   <source>Percent to either side; summary and report say how many cells are missing for it.</source>
   <translation>Prozent nach beiden Seiten; Übersicht und Bericht sagen, wie viele Zellen dafür fehlen.</translation>
  </message>
  <message>
   <source>Possible blasts</source>
   <translation>Mögliche Blasten</translation>
  </message>
  <message>
   <source>Possible blasts first</source>
   <translation>Blasten zuerst</translation>
  </message>
  <message>
   <source>Precision at the limit of blasts</source>
   <translation>Genauigkeit an der Grenze der Blasten</translation>
  </message>
  <message>
   <source>Precision of runs</source>
   <translation>Genauigkeit der Läufe</translation>
  </message>
  <message>
   <source>Program</source>
   <translation>Programm</translation>
  </message>
  <message>
   <source>Review</source>
   <translation>Durchsicht</translation>
  </message>
  <message>
   <source>Reviewed cells until an adaptation is offered</source>
   <translation>Durchgesehene Zellen, bis eine Anpassung angeboten wird</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>Läufe</translation>
  </message>
  <message>
   <source>Show over the image where the network looked.</source>
   <translation>Über dem Bild zeigen, wohin das Netz geschaut hat.</translation>
  </message>
  <message>
   <source>Side of a thumbnail, in pixels at 100 %.</source>
   <translation>Seitenlänge eines Vorschaubildes, in Pixeln bei 100 %.</translation>
  </message>
  <message>
   <source>Size of the cells in the gallery</source>
   <translation>Größe der Zellen in der Galerie</translation>
  </message>
  <message>
   <source>So many are judged, field by field, where the red cells lie in one layer.</source>
   <translation>So viele werden beurteilt, Feld für Feld, wo die Erythrozyten in einer Schicht liegen.</translation>
  </message>
  <message>
   <source>Stored with every review; without it, the name of your account on this computer.</source>
   <translation>Wird mit jeder Durchsicht gespeichert; ohne Angabe der Name Ihres Kontos an diesem Computer.</translation>
  </message>
  <message>
   <source>Strength of the heat map</source>
   <translation>Stärke der Heatmap</translation>
  </message>
  <message>
   <source>The meter is full when so many cells are within the 100 %.</source>
   <translation>Der Balken ist voll, wenn so viele Zellen innerhalb der 100 % sind.</translation>
  </message>
  <message>
   <source>The next field may show them again, so they are in no percentage without it.</source>
   <translation>Das nächste Feld zeigt sie vielleicht noch einmal; ohne diese Einstellung stehen sie in keinem Prozentwert.</translation>
  </message>
  <message>
   <source>The next in the gallery</source>
   <translation>Wie in der Galerie</translation>
  </message>
  <message>
   <source>The oldest thumbnails are deleted when they take more; they can be made again.</source>
   <translation>Brauchen sie mehr, werden die ältesten gelöscht; sie lassen sich neu erzeugen.</translation>
  </message>
  <message>
   <source>Undecided cells</source>
   <translation>Offene Zellen</translation>
  </message>
  <message>
   <source>What computes: a GPU where one can be used, or always the CPU or the GPU.</source>
   <translation>Womit gerechnet wird: eine GPU, wo eine nutzbar ist, oder immer die CPU oder die GPU.</translation>
  </message>
  <message>
   <source>What must be reviewed to sign a case</source>
   <translation>Was zum Unterschreiben durchgesehen sein muss</translation>
  </message>
  <message>
   <source>Whatever is best</source>
   <translation>Was am besten ist</translation>
  </message>
  <message>
   <source>When the window is closed during a training</source>
   <translation>Wenn das Fenster während eines Trainings geschlossen wird</translation>
  </message>
  <message>
   <source>White cells of a slide</source>
   <translation>Weiße Zellen eines Präparats</translation>
  </message>
  <message>
   <source>White cells to be counted</source>
   <translation>Zu zählende weiße Zellen</translation>
  </message>
  <message>
   <source>With less than every cell the sign-off and the report say how many were not reviewed.</source>
   <translation>Bei weniger als jeder Zelle nennen Unterschrift und Bericht, wie viele nicht durchgesehen sind.</translation>
  </message>
  <message>
   <source>Without the question the run is stopped; what was done is kept either way.</source>
   <translation>Ohne die Frage wird der Lauf angehalten; was fertig ist, bleibt in jedem Fall erhalten.</translation>
  </message>
  <message>
   <source>Your name or initials</source>
   <translation>Ihr Name oder Kürzel</translation>
  </message>
  <message>
   <source>px</source>
   <translation>px</translation>
  </message>
 </context>
 <context>
  <name>SettingsController</name>
  <message>
   <source>Cases, runs and reviews</source>
   <translation>Fälle, Läufe und Durchsichten</translation>
  </message>
  <message>
   <source>Logs and reports</source>
   <translation>Protokolle und Berichte</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>The model {model} has no class for it.</source>
   <translation>Das Modell {model} hat keine Klasse dafür.</translation>
  </message>
  <message>
   <source>Thumbnails and what can be made again</source>
   <translation>Vorschaubilder und was sich neu erzeugen lässt</translation>
  </message>
  <message>
   <source>With the model {model}, balanced sends {balanced} % more of the cells to review and careful {careful} %, measured on cells of its own labs; elsewhere it is more.</source>
   <translation>Mit dem Modell {model} gehen ausgewogen {balanced} % mehr der Zellen in die Prüfung, vorsichtig {careful} %, gemessen an Zellen seiner eigenen Labore; anderswo sind es mehr.</translation>
  </message>
  <message>
   <source>{folder} cannot be opened.</source>
   <translation>{folder} kann nicht geöffnet werden.</translation>
  </message>
 </context>
 <context>
  <name>SettingsPage</name>
  <message>
   <source>No setting is about that.</source>
   <translation>Keine Einstellung passt dazu.</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Öffnen</translation>
  </message>
  <message>
   <source>Open the folder of: {what}</source>
   <translation>Ordner öffnen: {what}</translation>
  </message>
  <message>
   <source>Search the settings</source>
   <translation>Einstellungen durchsuchen</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Einstellungen</translation>
  </message>
  <message>
   <source>Where things are kept</source>
   <translation>Wo alles aufbewahrt wird</translation>
  </message>
 </context>
 <context>
  <name>ShareTables</name>
  <message>
   <source>Beside the white cells</source>
   <translation>Neben den weißen Zellen</translation>
  </message>
 </context>
 <context>
  <name>ShortcutButton</name>
  <message>
   <source>Click, then press the new keys; Backspace for none</source>
   <translation>Klicken, dann die neuen Tasten drücken; Rücktaste für keine</translation>
  </message>
  <message>
   <source>Keys of {action}: {keys}</source>
   <translation>Tasten für {action}: {keys}</translation>
  </message>
  <message>
   <source>Press keys…</source>
   <translation>Tasten drücken…</translation>
  </message>
  <message>
   <source>none</source>
   <translation>keine</translation>
  </message>
 </context>
 <context>
  <name>ShortcutController</name>
  <message>
   <source>{keys} already does: {what}</source>
   <translation>{keys} ist schon vergeben: {what}</translation>
  </message>
 </context>
 <context>
  <name>ShortcutsPage</name>
  <message>
   <source>Click keys to change them.</source>
   <translation>Tasten anklicken, um sie zu ändern.</translation>
  </message>
  <message>
   <source>Give every action its usual keys again</source>
   <translation>Jeder Aktion wieder ihre üblichen Tasten geben</translation>
  </message>
  <message>
   <source>Keys</source>
   <translation>Tastenkürzel</translation>
  </message>
  <message>
   <source>Reset</source>
   <translation>Zurücksetzen</translation>
  </message>
  <message>
   <source>Reset all</source>
   <translation>Alle zurücksetzen</translation>
  </message>
  <message>
   <source>Reset the keys of {action}</source>
   <translation>Tasten für {action} zurücksetzen</translation>
  </message>
 </context>
 <context>
  <name>SidePanel</name>
  <message>
   <source>Against</source>
   <translation>Gegen</translation>
  </message>
  <message>
   <source>Brightness</source>
   <translation>Helligkeit</translation>
  </message>
  <message>
   <source>Brightness, of the display only</source>
   <translation>Helligkeit, nur der Anzeige</translation>
  </message>
  <message>
   <source>Contrast</source>
   <translation>Kontrast</translation>
  </message>
  <message>
   <source>Contrast, of the display only</source>
   <translation>Kontrast, nur der Anzeige</translation>
  </message>
  <message>
   <source>Heat map</source>
   <translation>Heatmap</translation>
  </message>
  <message>
   <source>Not as in the file</source>
   <translation>Nicht wie in der Datei</translation>
  </message>
  <message>
   <source>Reset</source>
   <translation>Zurücksetzen</translation>
  </message>
  <message>
   <source>Strength of the heat map</source>
   <translation>Stärke der Heatmap</translation>
  </message>
  <message>
   <source>What is said of the cell</source>
   <translation>Was zur Zelle gesagt wird</translation>
  </message>
 </context>
 <context>
  <name>SignOff</name>
  <message>
   <source>1 cell keeps the case from being signed.</source>
   <translation>1 Zelle verhindert das Unterschreiben.</translation>
  </message>
  <message>
   <source>Accepted by the model, not reviewed</source>
   <translation>Vom Modell akzeptiert, nicht durchgesehen</translation>
  </message>
  <message>
   <source>Cells may be left without review; the sign-off says how many.</source>
   <translation>Zellen dürfen ohne Durchsicht bleiben; die Unterschrift nennt ihre Zahl.</translation>
  </message>
  <message>
   <source>Every cell must be reviewed by a person, and none be left unknown.</source>
   <translation>Jede Zelle muss von einer Person durchgesehen sein, und keine darf unbekannt bleiben.</translation>
  </message>
  <message>
   <source>Images that could not be read</source>
   <translation>Bilder, die nicht lesbar waren</translation>
  </message>
  <message>
   <source>Not decided</source>
   <translation>Nicht entschieden</translation>
  </message>
  <message>
   <source>Nothing keeps the case from being signed.</source>
   <translation>Nichts verhindert das Unterschreiben.</translation>
  </message>
  <message>
   <source>Only the cells on which the model did not decide must be reviewed. What it accepted may stand; the sign-off says so.</source>
   <translation>Nur die Zellen, über die das Modell nicht entschieden hat, müssen durchgesehen sein. Was es akzeptiert hat, darf bleiben; die Unterschrift nennt es.</translation>
  </message>
  <message>
   <source>Reopened by {name} on {time}.</source>
   <translation>Wieder geöffnet von {name} am {time}.</translation>
  </message>
  <message>
   <source>Reviewed by a person</source>
   <translation>Von einer Person durchgesehen</translation>
  </message>
  <message>
   <source>Signed by {name} on {time}.</source>
   <translation>Unterschrieben von {name} am {time}.</translation>
  </message>
  <message>
   <source>Unknown after review</source>
   <translation>Nach der Durchsicht unbekannt</translation>
  </message>
  <message>
   <source>{n} cells keep the case from being signed.</source>
   <translation>{n} Zellen verhindern das Unterschreiben.</translation>
  </message>
  <message>
   <source>{n} of {m} cells were reviewed by a person.</source>
   <translation>{n} von {m} Zellen wurden von einer Person durchgesehen.</translation>
  </message>
 </context>
 <context>
  <name>SignOffDialog</name>
  <message>
   <source>A signed case cannot be changed. Reopening it needs a reason; both stay in the audit trail.</source>
   <translation>Ein unterschriebener Fall lässt sich nicht ändern. Ihn wieder zu öffnen braucht einen Grund; beides bleibt im Protokoll.</translation>
  </message>
  <message>
   <source>Go to the first of them</source>
   <translation>Zur ersten davon</translation>
  </message>
  <message>
   <source>Remark, if any</source>
   <translation>Bemerkung, falls nötig</translation>
  </message>
  <message>
   <source>Sign</source>
   <translation>Unterschreiben</translation>
  </message>
  <message>
   <source>Sign the case</source>
   <translation>Den Fall unterschreiben</translation>
  </message>
  <message>
   <source>The case holds no cell to sign for. Classify it first.</source>
   <translation>Der Fall enthält keine Zelle zum Unterschreiben. Klassifizieren Sie ihn zuerst.</translation>
  </message>
  <message>
   <source>Your name</source>
   <translation>Ihr Name</translation>
  </message>
 </context>
 <context>
  <name>SignedBadge</name>
  <message>
   <source>Signed: {name}</source>
   <translation>Unterschrieben: {name}</translation>
  </message>
 </context>
 <context>
  <name>SimilarCells</name>
  <message>
   <source>Of the training</source>
   <translation>Aus dem Training</translation>
  </message>
  <message>
   <source>Of this case</source>
   <translation>Aus diesem Fall</translation>
  </message>
  <message>
   <source>Similar cells</source>
   <translation>Ähnliche Zellen</translation>
  </message>
  <message>
   <source>Similar cells of the training</source>
   <translation>Ähnliche Zellen aus dem Training</translation>
  </message>
  <message>
   <source>Similar cells of this case</source>
   <translation>Ähnliche Zellen aus diesem Fall</translation>
  </message>
  <message>
   <source>Training cell: {description}</source>
   <translation>Trainingszelle: {description}</translation>
  </message>
  <message>
   <source>perhaps {kind}</source>
   <translation>vielleicht {kind}</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>unbekannt</translation>
  </message>
  <message>
   <source>unknown, looks like {kind}</source>
   <translation>unbekannt, sieht aus wie {kind}</translation>
  </message>
  <message>
   <source>{kind}, {d} of the limit away</source>
   <translation>{kind}, Abstand {d} der Grenze</translation>
  </message>
 </context>
 <context>
  <name>SimilarCellsController</name>
  <message>
   <source>This cell is hidden by the filters.</source>
   <translation>Diese Zelle ist durch die Filter ausgeblendet.</translation>
  </message>
 </context>
 <context>
  <name>Source</name>
  <message>
   <source>Not calibrated for {source}: the model's probabilities hold for {names} only.</source>
   <translation>Nicht für {source} kalibriert: Die Wahrscheinlichkeiten des Modells gelten nur für {names}.</translation>
  </message>
  <message>
   <source>Review a part of the cells before you rely on them.</source>
   <translation>Einen Teil der Zellen durchsehen, bevor man sich auf sie verlässt.</translation>
  </message>
  <message>
   <source>The source is not said: the model's probabilities hold for {names} only.</source>
   <translation>Die Quelle ist nicht genannt: Die Wahrscheinlichkeiten des Modells gelten nur für {names}.</translation>
  </message>
  <message>
   <source>measured at the next run</source>
   <translation>wird beim nächsten Lauf gemessen</translation>
  </message>
  <message>
   <source>no source</source>
   <translation>keine Quelle</translation>
  </message>
  <message>
   <source>{n} images: {m} fields with {c} cells</source>
   <translation>{n} Bilder: {m} Felder mit {c} Zellen</translation>
  </message>
  <message>
   <source>{n} images; none was found to be a field</source>
   <translation>{n} Bilder; keines ist als Feld erkannt</translation>
  </message>
  <message>
   <source>{n} of one cell each</source>
   <translation>{n} mit je einer Zelle</translation>
  </message>
  <message>
   <source>{n} of them without a cell</source>
   <translation>{n} davon ohne Zelle</translation>
  </message>
  <message>
   <source>{px} px, as entered</source>
   <translation>{px} px, wie eingegeben</translation>
  </message>
  <message>
   <source>{px} px, assumed: too few red cells stand alone</source>
   <translation>{px} px, angenommen: Zu wenige Erythrozyten liegen einzeln</translation>
  </message>
  <message>
   <source>{px} px, from {um} µm a pixel</source>
   <translation>{px} px, aus {um} µm je Pixel</translation>
  </message>
  <message>
   <source>{px} px, measured on {n} red cells</source>
   <translation>{px} px, gemessen an {n} Erythrozyten</translation>
  </message>
 </context>
 <context>
  <name>SourceButton</name>
  <message>
   <source>Red cell: {size}</source>
   <translation>Erythrozyt: {size}</translation>
  </message>
  <message>
   <source>Source: not said</source>
   <translation>Quelle: nicht genannt</translation>
  </message>
  <message>
   <source>Source: {name}</source>
   <translation>Quelle: {name}</translation>
  </message>
  <message>
   <source>Stain: {name}</source>
   <translation>Färbung: {name}</translation>
  </message>
  <message>
   <source>not said</source>
   <translation>nicht genannt</translation>
  </message>
  <message>
   <source>{name}: not calibrated</source>
   <translation>{name}: nicht kalibriert</translation>
  </message>
 </context>
 <context>
  <name>SourceController</name>
  <message>
   <source>Run on all cells</source>
   <translation>Alle Zellen klassifizieren</translation>
  </message>
  <message>
   <source>Source of the images…</source>
   <translation>Quelle der Bilder…</translation>
  </message>
  <message>
   <source>What an image holds counts for the next runs of this case.</source>
   <translation>Was ein Bild enthält, gilt für die nächsten Läufe dieses Falls.</translation>
  </message>
 </context>
 <context>
  <name>SourcePanel</name>
  <message>
   <source> px</source>
   <translation> px</translation>
  </message>
  <message>
   <source> µm per pixel</source>
   <translation> µm je Pixel</translation>
  </message>
  <message>
   <source>&amp;Lab or scanner</source>
   <translation>&amp;Labor oder Scanner</translation>
  </message>
  <message>
   <source>A red cell of {um} µm is {px} px wide then.</source>
   <translation>Ein Erythrozyt von {um} µm ist dann {px} px breit.</translation>
  </message>
  <message>
   <source>As found</source>
   <translation>Wie vorgefunden</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Decided for each image, from its scale and what is in it</source>
   <translation>Wird für jedes Bild nach Maßstab und Inhalt entschieden</translation>
  </message>
  <message>
   <source>Diameter of a red cell in pixels</source>
   <translation>Durchmesser eines Erythrozyten in Pixeln</translation>
  </message>
  <message>
   <source>Enter their diameter</source>
   <translation>Durchmesser eingeben</translation>
  </message>
  <message>
   <source>Every white cell of each image</source>
   <translation>Jede weiße Zelle jedes Bildes</translation>
  </message>
  <message>
   <source>Fields</source>
   <translation>Felder</translation>
  </message>
  <message>
   <source>From the pixel size</source>
   <translation>Aus der Pixelgröße</translation>
  </message>
  <message>
   <source>It counts for the next runs of this case.</source>
   <translation>Gilt für die nächsten Läufe dieses Falls.</translation>
  </message>
  <message>
   <source>Lab or scanner</source>
   <translation>Labor oder Scanner</translation>
  </message>
  <message>
   <source>Measure them on the images</source>
   <translation>An den Bildern messen</translation>
  </message>
  <message>
   <source>Micrometres a pixel</source>
   <translation>Mikrometer je Pixel</translation>
  </message>
  <message>
   <source>One cell each</source>
   <translation>Je eine Zelle</translation>
  </message>
  <message>
   <source>S&amp;tain</source>
   <translation>&amp;Färbung</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Speichern</translation>
  </message>
  <message>
   <source>Saving…</source>
   <translation>Wird gespeichert…</translation>
  </message>
  <message>
   <source>Size of the red cells</source>
   <translation>Größe der Erythrozyten</translation>
  </message>
  <message>
   <source>Source of the images</source>
   <translation>Quelle der Bilder</translation>
  </message>
  <message>
   <source>Stain</source>
   <translation>Färbung</translation>
  </message>
  <message>
   <source>The cell in the middle of each image</source>
   <translation>Die Zelle in der Mitte jedes Bildes</translation>
  </message>
  <message>
   <source>The last run that measured: {size}</source>
   <translation>Der letzte Lauf, der gemessen hat: {size}</translation>
  </message>
  <message>
   <source>What an image holds</source>
   <translation>Was ein Bild enthält</translation>
  </message>
  <message>
   <source>nothing yet</source>
   <translation>noch nichts</translation>
  </message>
 </context>
 <context>
  <name>StartPage</name>
  <message>
   <source> hours at most</source>
   <translation> Stunden höchstens</translation>
  </message>
  <message>
   <source> recipes</source>
   <translation> Rezepte</translation>
  </message>
  <message>
   <source>A new network that knows only everyday pictures</source>
   <translation>Ein neues Netz, das nur Alltagsbilder kennt</translation>
  </message>
  <message>
   <source>Adapt the serving model (seconds)</source>
   <translation>Das aktive Modell anpassen (Sekunden)</translation>
  </message>
  <message>
   <source>All files (*)</source>
   <translation>Alle Dateien (*)</translation>
  </message>
  <message>
   <source>All layers (slowest)</source>
   <translation>Alle Schichten (am langsamsten)</translation>
  </message>
  <message>
   <source>Before that, recipes are tried on parts of your cells: how fast it learns, how deep, how far cells are varied. The best is offered for a training.</source>
   <translation>Davor werden Rezepte an Teilen Ihrer Zellen erprobt: wie schnell es lernt, wie tief, wie weit die Zellen verändert werden. Das beste wird für ein Training angeboten.</translation>
  </message>
  <message>
   <source>Choose…</source>
   <translation>Wählen…</translation>
  </message>
  <message>
   <source>Classes to learn</source>
   <translation>Klassen zum Lernen</translation>
  </message>
  <message>
   <source>File of weights</source>
   <translation>Datei mit Gewichten</translation>
  </message>
  <message>
   <source>Go on from the serving model (minutes to hours)</source>
   <translation>Das aktive Modell weiter trainieren (Minuten bis Stunden)</translation>
  </message>
  <message>
   <source>ImageNet weights may be downloaded, once, if they are not here</source>
   <translation>ImageNet-Gewichte dürfen einmal heruntergeladen werden, wenn sie nicht da sind</translation>
  </message>
  <message>
   <source>It learns only what you show it, and needs hundreds of cells of each class.</source>
   <translation>Es lernt nur, was Sie ihm zeigen, und braucht Hunderte Zellen je Klasse.</translation>
  </message>
  <message>
   <source>Many short trainings on parts of your cells; cells kept for judging have none</source>
   <translation>Viele kurze Trainings an Teilen Ihrer Zellen; Zellen, die zum Beurteilen aufgehoben sind, sind nicht dabei</translation>
  </message>
  <message>
   <source>Most hours that recipes are tried for</source>
   <translation>Wie viele Stunden höchstens Rezepte erprobt werden</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>Netz</translation>
  </message>
  <message>
   <source>Of all that is drawn by chance; the same gives the same</source>
   <translation>Von allem, was gelost wird; derselbe ergibt dasselbe</translation>
  </message>
  <message>
   <source>Recipes to try</source>
   <translation>Zu erprobende Rezepte</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>Startwert</translation>
  </message>
  <message>
   <source>The head alone (quickest)</source>
   <translation>Nur der Kopf (am schnellsten)</translation>
  </message>
  <message>
   <source>The head of {model} moves a little towards your cells, and is held to what it was: it cannot forget much. From 5 cells of a class on.</source>
   <translation>Der Kopf von {model} bewegt sich ein wenig auf Ihre Zellen zu und wird beim Alten gehalten: Er kann nicht viel vergessen. Ab 5 Zellen einer Klasse.</translation>
  </message>
  <message>
   <source>The last block, too</source>
   <translation>Auch der letzte Block</translation>
  </message>
  <message>
   <source>This is the reader edition: only a head can be trained. The full one does all.</source>
   <translation>Dies ist die Leseausgabe: Nur ein Kopf kann trainiert werden. Die Vollausgabe kann alles.</translation>
  </message>
  <message>
   <source>To adapt is safest and quickest; a new network needs the most cells.</source>
   <translation>Anpassen ist am sichersten und schnellsten; ein neues Netz braucht die meisten Zellen.</translation>
  </message>
  <message>
   <source>Tune: find the best recipe first (hours)</source>
   <translation>Abstimmen: erst das beste Rezept finden (Stunden)</translation>
  </message>
  <message>
   <source>Tuning</source>
   <translation>Abstimmung</translation>
  </message>
  <message>
   <source>Weights</source>
   <translation>Gewichte</translation>
  </message>
  <message>
   <source>Weights (*.h5 *.hdf5)</source>
   <translation>Gewichte (*.h5 *.hdf5)</translation>
  </message>
  <message>
   <source>What learns</source>
   <translation>Was lernt</translation>
  </message>
  <message>
   <source>Where shall it start?</source>
   <translation>Womit soll es beginnen?</translation>
  </message>
  <message>
   <source>Without a tick: cells that are to count as unknown.</source>
   <translation>Ohne Häkchen: Zellen, die als unbekannt zählen sollen.</translation>
  </message>
  <message>
   <source>no limit of time</source>
   <translation>ohne Zeitgrenze</translation>
  </message>
  <message>
   <source>or a file of weights on this computer</source>
   <translation>oder eine Datei mit Gewichten auf diesem Rechner</translation>
  </message>
  <message>
   <source>{model} is trained further on your cells. It may forget what they do not show.</source>
   <translation>{model} wird mit Ihren Zellen weiter trainiert. Es kann vergessen, was sie nicht zeigen.</translation>
  </message>
 </context>
 <context>
  <name>StatusBar</name>
  <message>
   <source>Counts</source>
   <translation>Zahlen</translation>
  </message>
  <message>
   <source>Files that are not read</source>
   <translation>Dateien, die nicht gelesen werden</translation>
  </message>
  <message>
   <source>For research use</source>
   <translation>Für Forschungszwecke</translation>
  </message>
  <message>
   <source>fields without a cell: {n}</source>
   <translation>Felder ohne Zelle: {n}</translation>
  </message>
  <message>
   <source>{n} accepted</source>
   <translation>{n} akzeptiert</translation>
  </message>
  <message>
   <source>{n} cells</source>
   <translation>{n} Zellen</translation>
  </message>
  <message>
   <source>{n} cells in {m} images</source>
   <translation>{n} Zellen in {m} Bildern</translation>
  </message>
  <message>
   <source>{n} failed</source>
   <translation>{n} fehlgeschlagen</translation>
  </message>
  <message>
   <source>{n} images</source>
   <translation>{n} Bilder</translation>
  </message>
  <message>
   <source>{n} not classified</source>
   <translation>{n} nicht klassifiziert</translation>
  </message>
  <message>
   <source>{n} to review</source>
   <translation>{n} zur Durchsicht</translation>
  </message>
  <message>
   <source>{n} unknown</source>
   <translation>{n} unbekannt</translation>
  </message>
 </context>
 <context>
  <name>StoreRecoveryController</name>
  <message>
   <source>A run is going on.</source>
   <translation>Ein Lauf ist im Gang.</translation>
  </message>
  <message>
   <source>Restore the backup of {time}</source>
   <translation>Sicherung vom {time} wiederherstellen</translation>
  </message>
  <message>
   <source>Stop it, then restore the backup.</source>
   <translation>Erst anhalten, dann die Sicherung wiederherstellen.</translation>
  </message>
  <message>
   <source>The backup is in the store's place.</source>
   <translation>Die Sicherung ist an die Stelle der Datenbank getreten.</translation>
  </message>
  <message>
   <source>The damaged file is kept: {path}</source>
   <translation>Die beschädigte Datei bleibt erhalten: {path}</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Erneut versuchen</translation>
  </message>
 </context>
 <context>
  <name>Summary</name>
  <message>
   <source>95 % interval {between}</source>
   <translation>95-%-Intervall {between}</translation>
  </message>
  <message>
   <source>Accepted</source>
   <translation>Akzeptiert</translation>
  </message>
  <message>
   <source>Calibrated for</source>
   <translation>Kalibriert für</translation>
  </message>
  <message>
   <source>Calibrated for this source</source>
   <translation>Für diese Quelle kalibriert</translation>
  </message>
  <message>
   <source>Corrected for the errors on the sources of the model's card (Rogan and Gladen 1978, parametric bootstrap), in %: {shares}</source>
   <translation>Berichtigt um die Fehler bei den Quellen des Modells (Rogan und Gladen 1978, parametrischer Bootstrap), in %: {shares}</translation>
  </message>
  <message>
   <source>Device</source>
   <translation>Gerät</translation>
  </message>
  <message>
   <source>Diameter of a red cell</source>
   <translation>Durchmesser eines Erythrozyten</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>Fehlgeschlagen</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Possible blasts</source>
   <translation>Mögliche Blasten</translation>
  </message>
  <message>
   <source>Run {n}</source>
   <translation>Lauf {n}</translation>
  </message>
  <message>
   <source>SHA-256 of its card</source>
   <translation>SHA-256 seiner Karte</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>Quelle</translation>
  </message>
  <message>
   <source>Stain</source>
   <translation>Färbung</translation>
  </message>
  <message>
   <source>To review</source>
   <translation>Zur Durchsicht</translation>
  </message>
  <message>
   <source>To review under</source>
   <translation>Zur Durchsicht unter</translation>
  </message>
  <message>
   <source>Under {p} a cell goes to review.</source>
   <translation>Unter {p} kommt eine Zelle zur Durchsicht.</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
  <message>
   <source>Unknown beyond distance</source>
   <translation>Unbekannt ab Abstand</translation>
  </message>
  <message>
   <source>Unknown from</source>
   <translation>Unbekannt ab</translation>
  </message>
  <message>
   <source>balanced</source>
   <translation>ausgewogen</translation>
  </message>
  <message>
   <source>careful</source>
   <translation>vorsichtig</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>fehlgeschlagen</translation>
  </message>
  <message>
   <source>finished</source>
   <translation>fertig</translation>
  </message>
  <message>
   <source>going on</source>
   <translation>läuft</translation>
  </message>
  <message>
   <source>no</source>
   <translation>nein</translation>
  </message>
  <message>
   <source>no bound</source>
   <translation>keine Grenze</translation>
  </message>
  <message>
   <source>no source</source>
   <translation>keine Quelle</translation>
  </message>
  <message>
   <source>not looked for</source>
   <translation>nicht gesucht</translation>
  </message>
  <message>
   <source>not looked for in images of the model's own source</source>
   <translation>nicht gesucht in Bildern aus der eigenen Quelle des Modells</translation>
  </message>
  <message>
   <source>not named</source>
   <translation>nicht benannt</translation>
  </message>
  <message>
   <source>not the same in all runs</source>
   <translation>nicht in allen Läufen gleich</translation>
  </message>
  <message>
   <source>stopped</source>
   <translation>angehalten</translation>
  </message>
  <message>
   <source>with the open cells {between}</source>
   <translation>mit den offenen Zellen {between}</translation>
  </message>
  <message>
   <source>yes</source>
   <translation>ja</translation>
  </message>
  <message>
   <source>{between}: {n} cells</source>
   <translation>{between}: {n} Zellen</translation>
  </message>
  <message>
   <source>{level}: {n} to review</source>
   <translation>{level}: {n} zu prüfen</translation>
  </message>
  <message>
   <source>{names} and {n} more</source>
   <translation>{names} und {n} weitere</translation>
  </message>
  <message>
   <source>{n} cells</source>
   <translation>{n} Zellen</translation>
  </message>
  <message>
   <source>{n} images</source>
   <translation>{n} Bilder</translation>
  </message>
 </context>
 <context>
  <name>SummaryController</name>
  <message>
   <source>Nothing was classified yet.</source>
   <translation>Noch wurde nichts klassifiziert.</translation>
  </message>
  <message>
   <source>The cells are being counted…</source>
   <translation>Zellen werden gezählt…</translation>
  </message>
 </context>
 <context>
  <name>SummaryPage</name>
  <message>
   <source>Export…</source>
   <translation>Exportieren…</translation>
  </message>
  <message>
   <source>Failed images</source>
   <translation>Fehlgeschlagene Bilder</translation>
  </message>
  <message>
   <source>In no percentage</source>
   <translation>In keinem Prozentwert</translation>
  </message>
  <message>
   <source>Probabilities</source>
   <translation>Wahrscheinlichkeiten</translation>
  </message>
  <message>
   <source>Run the selected again</source>
   <translation>Ausgewählte erneut klassifizieren</translation>
  </message>
  <message>
   <source>Run these again</source>
   <translation>Diese erneut klassifizieren</translation>
  </message>
  <message>
   <source>Summary</source>
   <translation>Zusammenfassung</translation>
  </message>
  <message>
   <source>The first {n} of {total}.</source>
   <translation>Die ersten {n} von {total}.</translation>
  </message>
  <message>
   <source>Unknown cells look like: {kinds}</source>
   <translation>Unbekannte Zellen sehen aus wie: {kinds}</translation>
  </message>
 </context>
 <context>
  <name>SuspectedErrorController</name>
  <message>
   <source>No cell was reviewed yet of which the model knows the class.</source>
   <translation>Noch wurde keine Zelle durchgesehen, deren Klasse das Modell kennt.</translation>
  </message>
 </context>
 <context>
  <name>TeachPage</name>
  <message>
   <source>No model was taught here yet. What you reviewed, folders of classes or a CSV can teach one; you can go on reviewing meanwhile.</source>
   <translation>Hier wurde noch kein Modell trainiert. Das geht mit befundeten Zellen, mit Ordnern von Klassen oder mit einer CSV-Datei; währenddessen können Sie weiter befunden.</translation>
  </message>
  <message>
   <source>Teach</source>
   <translation>Trainieren</translation>
  </message>
  <message>
   <source>Teach a model…</source>
   <translation>Ein Modell trainieren…</translation>
  </message>
 </context>
 <context>
  <name>TextWindow</name>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Copy</source>
   <translation>Kopieren</translation>
  </message>
 </context>
 <context>
  <name>Told</name>
  <message>
   <source>- chosen for: {target}</source>
   <translation>- gewählt für: {target}</translation>
  </message>
  <message>
   <source>- f32: exact</source>
   <translation>- f32: genau</translation>
  </message>
  <message>
   <source>- review: probability under {p}</source>
   <translation>- Durchsicht: Wahrscheinlichkeit unter {p}</translation>
  </message>
  <message>
   <source>- temperature: {t}</source>
   <translation>- Temperatur: {t}</translation>
  </message>
  <message>
   <source>- unknown: farther than {x} from the nearest {k} training cells ({kind})</source>
   <translation>- unbekannt: weiter als {x} von den nächsten {k} Trainingszellen entfernt ({kind})</translation>
  </message>
  <message>
   <source>- unknown: probability of the other classes of {p} or more</source>
   <translation>- unbekannt: Wahrscheinlichkeit der übrigen Klassen von {p} oder mehr</translation>
  </message>
  <message>
   <source>1 cell is cut by the edge of a field and in no percentage.</source>
   <translation>1 Zelle ist vom Rand eines Feldes angeschnitten und geht in keinen Prozentwert ein.</translation>
  </message>
  <message>
   <source>1 cell is pending, and got no label.</source>
   <translation>1 Zelle ist noch offen und bekam keine Klasse.</translation>
  </message>
  <message>
   <source>1 file was not read: {names}.</source>
   <translation>1 Datei wurde nicht gelesen: {names}.</translation>
  </message>
  <message>
   <source>1 file {name} is {format}.</source>
   <translation>1 Datei {name} ist {format}.</translation>
  </message>
  <message>
   <source>1 image differs from the usual: {list}.</source>
   <translation>1 Bild weicht vom Üblichen ab: {list}.</translation>
  </message>
  <message>
   <source>1 image is in the data more than once, within one split ({list}).</source>
   <translation>1 Bild ist mehrfach in den Daten, innerhalb eines Teils ({list}).</translation>
  </message>
  <message>
   <source>1 image is in the data under different labels, such as {names}.</source>
   <translation>1 Bild ist unter verschiedenen Labels in den Daten, etwa {names}.</translation>
  </message>
  <message>
   <source>1 image is still in the cloud.</source>
   <translation>1 Bild liegt noch in der Cloud.</translation>
  </message>
  <message>
   <source>1 image lies in more than one split ({list}), such as {names}.</source>
   <translation>1 Bild liegt in mehr als einem Teil ({list}), etwa {names}.</translation>
  </message>
  <message>
   <source>1 image looks like a mask, not like cells: {names}.</source>
   <translation>1 Bild sieht wie eine Maske aus, nicht wie Zellen: {names}.</translation>
  </message>
  <message>
   <source>1 image of {m} cannot be read ({p} %).</source>
   <translation>1 Bild von {m} lässt sich nicht lesen ({p} %).</translation>
  </message>
  <message>
   <source>1 patient has images in more than one split: {names}.</source>
   <translation>1 Patient hat Bilder in mehr als einem Teil: {names}.</translation>
  </message>
  <message>
   <source>1 white cell was</source>
   <translation>1 weiße Zelle wurde</translation>
  </message>
  <message>
   <source>95 % interval</source>
   <translation>95-%-Intervall</translation>
  </message>
  <message>
   <source>A case is reopened by a person, with a reason.</source>
   <translation>Einen Fall öffnet eine Person wieder, mit einem Grund.</translation>
  </message>
  <message>
   <source>A diagnosis turns at: {shares}.</source>
   <translation>Eine Diagnose wechselt bei: {shares}.</translation>
  </message>
  <message>
   <source>A model is tested there on what it was trained on.</source>
   <translation>Ein Modell wird dort an dem geprüft, woraus es gelernt hat.</translation>
  </message>
  <message>
   <source>A network may learn the lab in place of the cell.</source>
   <translation>Ein Netz kann das Labor lernen statt der Zelle.</translation>
  </message>
  <message>
   <source>A trace of the class can be told from {what}: {n} % against {m} % by chance (95 % interval {least}-{most} %, p = {p}).</source>
   <translation>Eine Spur der Klasse ist zu erkennen an: {what}; {n} % gegen {m} % durch Zufall (95-%-Intervall {least}–{most} %, p = {p}).</translation>
  </message>
  <message>
   <source>Adaptation</source>
   <translation>Anpassung</translation>
  </message>
  <message>
   <source>Add a column patient to a CSV of the data, even if it holds only numbers.</source>
   <translation>Fügen Sie einer CSV-Datei der Daten eine Spalte patient hinzu, auch wenn sie nur Nummern enthält.</translation>
  </message>
  <message>
   <source>Add cells of the missing pairs of class and lab; train with the masked view and the recipe's augmentation, which exchange colours between labs; measure on cells of a lab that was left out of the training.</source>
   <translation>Ergänzen Sie Zellen der fehlenden Paare aus Klasse und Labor; trainieren Sie mit der maskierten Ansicht und der Augmentation des Rezepts, die Farben zwischen Labors austauschen; messen Sie an Zellen eines Labors, das beim Training ausgelassen wurde.</translation>
  </message>
  <message>
   <source>Add images of other patients.</source>
   <translation>Ergänzen Sie Bilder anderer Patienten.</translation>
  </message>
  <message>
   <source>Add images of the small classes; training draws classes alike, and figures should be read by class.</source>
   <translation>Ergänzen Sie Bilder der kleinen Klassen; das Training zieht die Klassen gleich oft, und Zahlen sollten nach Klasse gelesen werden.</translation>
  </message>
  <message>
   <source>All cells are of one patient: the intervals hold for more cells of this patient, and nothing is said of other patients.</source>
   <translation>Alle Zellen sind von einem Patienten: Die Intervalle gelten für weitere Zellen dieses Patienten; über andere Patienten sagen sie nichts.</translation>
  </message>
  <message>
   <source>All cells are test cells, to measure on; none is to be learned from.</source>
   <translation>Alle Zellen sind Testzellen zum Messen; aus keiner soll gelernt werden.</translation>
  </message>
  <message>
   <source>All images are of one patient: they can be neither split nor say how a model does on other patients.</source>
   <translation>Alle Bilder sind von einem Patienten: Sie lassen sich nicht aufteilen und sagen nicht, was ein Modell bei anderen Patienten leistet.</translation>
  </message>
  <message>
   <source>All {n} corrected cells are of one class: {names}.</source>
   <translation>Alle {n} korrigierten Zellen sind von einer Klasse: {names}.</translation>
  </message>
  <message>
   <source>Also taught, and reported as *unknown* with the name as a hint: {names}.</source>
   <translation>Ebenfalls gelernt und als *unbekannt* mit dem Namen als Hinweis gemeldet: {names}.</translation>
  </message>
  <message>
   <source>Arithmetic</source>
   <translation>Rechengenauigkeit</translation>
  </message>
  <message>
   <source>Audit again with ten images or more of two classes at least, from five patients.</source>
   <translation>Prüfen Sie erneut mit zehn oder mehr Bildern von mindestens zwei Klassen, von fünf Patienten.</translation>
  </message>
  <message>
   <source>Bring it back to its place beside the folder of the case.</source>
   <translation>Bringen Sie ihn an seinen Platz neben dem Ordner des Falls zurück.</translation>
  </message>
  <message>
   <source>Bring it back, then go on with the run: what was done is kept.</source>
   <translation>Den Ordner zurückbringen, dann den Lauf fortsetzen: Was fertig ist, bleibt erhalten.</translation>
  </message>
  <message>
   <source>Bring the folders to one drive.</source>
   <translation>Bringen Sie die Ordner auf ein Laufwerk.</translation>
  </message>
  <message>
   <source>Choose a PNG or JPEG file of at most 5 MB.</source>
   <translation>Eine PNG- oder JPEG-Datei von höchstens 5 MB wählen.</translation>
  </message>
  <message>
   <source>Choose a folder beside it, or open the outer folder as a case of its own.</source>
   <translation>Wählen Sie einen Ordner daneben, oder öffnen Sie den äußeren Ordner als eigenen Fall.</translation>
  </message>
  <message>
   <source>Choose another folder, or have this one made writable.</source>
   <translation>Einen anderen Ordner wählen oder diesen beschreibbar machen lassen.</translation>
  </message>
  <message>
   <source>Choose another folder.</source>
   <translation>Einen anderen Ordner wählen.</translation>
  </message>
  <message>
   <source>Choose the folder that holds the same files under the same names.</source>
   <translation>Wählen Sie den Ordner, der dieselben Dateien unter denselben Namen enthält.</translation>
  </message>
  <message>
   <source>Class and source go together (Cramer's V {v}, 0 is none, 1 is entirely): {parts}.</source>
   <translation>Klasse und Quelle hängen zusammen (Cramérs V {v}; 0 ist gar nicht, 1 ist völlig): {parts}.</translation>
  </message>
  <message>
   <source>Class can be told from {what}: {n} % against {m} % by chance (95 % interval {least}-{most} %, p = {p}).</source>
   <translation>Die Klasse ist zu erkennen an: {what}; {n} % gegen {m} % durch Zufall (95-%-Intervall {least}–{most} %, p = {p}).</translation>
  </message>
  <message>
   <source>Classes are spread over them (Cramer's V {v}).</source>
   <translation>Die Klassen sind über sie verteilt (Cramérs V {v}).</translation>
  </message>
  <message>
   <source>Classes: {names}.</source>
   <translation>Klassen: {names}.</translation>
  </message>
  <message>
   <source>Classify the folder again, and then export.</source>
   <translation>Klassifizieren Sie den Ordner noch einmal, dann exportieren Sie.</translation>
  </message>
  <message>
   <source>Classify the folder again.</source>
   <translation>Klassifizieren Sie den Ordner neu.</translation>
  </message>
  <message>
   <source>Classify the folder with this model to see what changes.</source>
   <translation>Klassifizieren Sie den Ordner mit diesem Modell, um zu sehen, was sich ändert.</translation>
  </message>
  <message>
   <source>Close other programs, or work on fewer or smaller images at a time.</source>
   <translation>Andere Programme schließen oder mit weniger oder kleineren Bildern auf einmal arbeiten.</translation>
  </message>
  <message>
   <source>Close the other window or run, then try again.</source>
   <translation>Das andere Fenster oder den anderen Lauf schließen, dann erneut versuchen.</translation>
  </message>
  <message>
   <source>Copy the file again from where it came from.</source>
   <translation>Die Datei noch einmal von ihrem Ursprung kopieren.</translation>
  </message>
  <message>
   <source>Copy the image itself.</source>
   <translation>Das Bild selbst kopieren.</translation>
  </message>
  <message>
   <source>Copy them again from where they came from, or take them out of the data.</source>
   <translation>Kopieren Sie sie noch einmal von ihrem Ursprung, oder nehmen Sie sie aus den Daten.</translation>
  </message>
  <message>
   <source>Data: `{sha}` (SHA-256 over files and labels).</source>
   <translation>Daten: `{sha}` (SHA-256 über Dateien und Labels).</translation>
  </message>
  <message>
   <source>Decisions</source>
   <translation>Entscheidungen</translation>
  </message>
  <message>
   <source>Download the image again: sites give a page where a login or a click is wanted.</source>
   <translation>Das Bild erneut herunterladen: Websites liefern eine Seite, wo sie eine Anmeldung oder einen Klick verlangen.</translation>
  </message>
  <message>
   <source>Download what is in the cloud, then start again.</source>
   <translation>Laden Sie herunter, was in der Cloud liegt, und starten Sie dann neu.</translation>
  </message>
  <message>
   <source>Each cell judged by a head fitted without it: {judgement}.</source>
   <translation>Jede Zelle von einem Kopf beurteilt, der ohne sie angepasst wurde: {judgement}.</translation>
  </message>
  <message>
   <source>Each map is the mean over the cell and its half turn.</source>
   <translation>Jede Karte ist das Mittel über die Zelle und ihre halbe Drehung.</translation>
  </message>
  <message>
   <source>Elsewhere</source>
   <translation>Anderswo</translation>
  </message>
  <message>
   <source>Export a smaller part of it, or raise the limit in the settings.</source>
   <translation>Einen kleineren Ausschnitt exportieren oder die Grenze in den Einstellungen anheben.</translation>
  </message>
  <message>
   <source>Fetch the images with git annex get in their folder, or copy them from where they are.</source>
   <translation>Die Bilder mit git annex get in ihrem Ordner holen oder von dort kopieren, wo sie sind.</translation>
  </message>
  <message>
   <source>Fetch the images with git lfs pull in their folder, or copy them from where they are.</source>
   <translation>Die Bilder mit git lfs pull in ihrem Ordner holen oder von dort kopieren, wo sie sind.</translation>
  </message>
  <message>
   <source>Few cells to measure on of {classes}: see how wide their intervals are.</source>
   <translation>Wenige Zellen zum Messen von {classes}: Beachten Sie, wie breit ihre Intervalle sind.</translation>
  </message>
  <message>
   <source>Few cells to measure on of {names}: see how wide their intervals are.</source>
   <translation>Wenige Zellen zum Messen von {names}: beachten Sie, wie breit die Intervalle sind.</translation>
  </message>
  <message>
   <source>Figures measured on this set will not carry over to another lab.</source>
   <translation>Werte von diesen Daten gelten nicht in einem anderen Labor.</translation>
  </message>
  <message>
   <source>Fill the column patient.</source>
   <translation>Füllen Sie die Spalte patient.</translation>
  </message>
  <message>
   <source>Free some space, or choose another folder; what was there before is unchanged.</source>
   <translation>Platz schaffen oder einen anderen Ordner wählen; was vorher da war, ist unverändert.</translation>
  </message>
  <message>
   <source>Give the folder of the images.</source>
   <translation>Den Ordner der Bilder angeben.</translation>
  </message>
  <message>
   <source>Give the name of the person who signs.</source>
   <translation>Geben Sie den Namen der Person an, die unterschreibt.</translation>
  </message>
  <message>
   <source>Going on with the run of {time}: {n} are done.</source>
   <translation>Der Lauf vom {time} wird fortgesetzt: {n} sind fertig.</translation>
  </message>
  <message>
   <source>Heat maps</source>
   <translation>Heatmaps</translation>
  </message>
  <message>
   <source>If they are labs or scanners, name them in a column source: training then exchanges colours between them.</source>
   <translation>Sind es Labors oder Scanner, so nennen Sie sie in einer Spalte source: Das Training tauscht dann Farben zwischen ihnen aus.</translation>
  </message>
  <message>
   <source>If you know it, say it in the source profile.</source>
   <translation>Ist sie bekannt, im Quellenprofil angeben.</translation>
  </message>
  <message>
   <source>If yours is one of them, name it in the source profile; else review a part of the cells before you rely on them.</source>
   <translation>Ist eine davon die eigene, sie im Quellenprofil nennen; sonst einen Teil der Zellen durchsehen, bevor man sich auf sie verlässt.</translation>
  </message>
  <message>
   <source>Images are JPEG, PNG, TIFF, BMP and WebP files.</source>
   <translation>Bilder sind Dateien in JPEG, PNG, TIFF, BMP und WebP.</translation>
  </message>
  <message>
   <source>It is shown {what}, at {w} x {h} pixels.</source>
   <translation>Gezeigt wird ihm {what}, in {w} x {h} Pixeln.</translation>
  </message>
  <message>
   <source>Keep one of each, or split again: splits made by the program keep copies with the same bytes together.</source>
   <translation>Behalten Sie je eines, oder teilen Sie neu auf: Aufteilungen des Programms halten Kopien mit denselben Bytes beisammen.</translation>
  </message>
  <message>
   <source>Keep one of each: the others add weight but no knowledge.</source>
   <translation>Behalten Sie je eines: Die anderen fügen Gewicht hinzu, aber kein Wissen.</translation>
  </message>
  <message>
   <source>Labels were taken as one: {names}.</source>
   <translation>Bezeichnungen wurden als eine genommen: {names}.</translation>
  </message>
  <message>
   <source>Leave out fewer labels.</source>
   <translation>Lassen Sie weniger Labels aus.</translation>
  </message>
  <message>
   <source>Left out</source>
   <translation>Ausgelassen</translation>
  </message>
  <message>
   <source>Left out: 1 cell that a person excluded.</source>
   <translation>Weggelassen: 1 Zelle, die ausgeschlossen wurde.</translation>
  </message>
  <message>
   <source>Left out: 1 image that cannot be read any more, as {name}.</source>
   <translation>Weggelassen: 1 Bild, das nicht mehr gelesen werden kann, nämlich {name}.</translation>
  </message>
  <message>
   <source>Left out: 1 reviewed cell of locked patients.</source>
   <translation>Weggelassen: 1 durchgesehene Zelle zurückgehaltener Patienten.</translation>
  </message>
  <message>
   <source>Left out: {n} cells that a person excluded.</source>
   <translation>Weggelassen: {n} Zellen, die ausgeschlossen wurden.</translation>
  </message>
  <message>
   <source>Left out: {n} cells that {candidate} was not evaluated on.</source>
   <translation>Ausgelassen: {n} Zellen, an denen {candidate} nicht gemessen wurde.</translation>
  </message>
  <message>
   <source>Left out: {n} corrected cells whose image is gone: {names}.</source>
   <translation>Ausgelassen: {n} korrigierte Zellen, deren Bild fehlt: {names}.</translation>
  </message>
  <message>
   <source>Left out: {n} images that a model learned from, by their bytes: {names}.</source>
   <translation>Ausgelassen: {n} Bilder, aus denen ein Modell gelernt hat, nach ihren Bytes: {names}.</translation>
  </message>
  <message>
   <source>Left out: {n} images that cannot be read any more, as {name}.</source>
   <translation>Weggelassen: {n} Bilder, die nicht mehr gelesen werden können, darunter {name}.</translation>
  </message>
  <message>
   <source>Left out: {n} reviewed cells of locked patients.</source>
   <translation>Weggelassen: {n} durchgesehene Zellen zurückgehaltener Patienten.</translation>
  </message>
  <message>
   <source>Left out: {n} reviewed cells whose image is another now: {names}.</source>
   <translation>Ausgelassen: {n} durchgesehene Zellen, deren Bild jetzt ein anderes ist: {names}.</translation>
  </message>
  <message>
   <source>Licence and attribution</source>
   <translation>Lizenz und Herkunft</translation>
  </message>
  <message>
   <source>Look at each of them in the report, and keep the right one.</source>
   <translation>Sehen Sie jedes im Bericht an und behalten Sie das richtige.</translation>
  </message>
  <message>
   <source>Look at them in the report; take out what is no image of one stained cell.</source>
   <translation>Sehen Sie sie im Bericht an; nehmen Sie heraus, was kein Bild einer gefärbten Zelle ist.</translation>
  </message>
  <message>
   <source>Make room, or choose another place; nothing was begun.</source>
   <translation>Schaffen Sie Platz oder wählen Sie einen anderen Ort; es wurde nichts begonnen.</translation>
  </message>
  <message>
   <source>Make room, then go on.</source>
   <translation>Platz schaffen, dann fortsetzen.</translation>
  </message>
  <message>
   <source>Measured</source>
   <translation>Gemessen</translation>
  </message>
  <message>
   <source>Measured elsewhere: {text}</source>
   <translation>Anderswo gemessen: {text}</translation>
  </message>
  <message>
   <source>Move the file away to begin with an empty store.</source>
   <translation>Die Datei wegbewegen, um mit einer leeren Datenbank zu beginnen.</translation>
  </message>
  <message>
   <source>No GPU can be used: {why}.</source>
   <translation>Keine GPU ist nutzbar: {why}.</translation>
  </message>
  <message>
   <source>No cell is left to learn from.</source>
   <translation>Es bleibt keine Zelle, von der zu lernen wäre.</translation>
  </message>
  <message>
   <source>No cell is locked: of the {least} patients that it takes, the details of the cases name {n}.</source>
   <translation>Keine Zelle ist zurückgehalten: Von den {least} Patienten, die es dazu braucht, nennen die Angaben zu den Fällen {n}.</translation>
  </message>
  <message>
   <source>No cell of these cases was reviewed yet.</source>
   <translation>Von diesen Fällen wurde noch keine Zelle befundet.</translation>
  </message>
  <message>
   <source>No cell of {root} was reviewed yet.</source>
   <translation>Von {root} wurde noch keine Zelle durchgesehen.</translation>
  </message>
  <message>
   <source>No cell was outlined: only colour and fine detail could be taken away.</source>
   <translation>Keine Zelle wurde umrissen: Nur Farbe und feine Einzelheiten konnten weggenommen werden.</translation>
  </message>
  <message>
   <source>No cell was outlined: where in it the heat lies cannot be measured.</source>
   <translation>Es wurde keine Zelle umrandet: wie sich die Heatmap auf sie verteilt, lässt sich nicht messen.</translation>
  </message>
  <message>
   <source>No crops: 1 image changed or vanished since, as {name}.</source>
   <translation>Keine Ausschnitte: 1 Bild wurde seither geändert oder ist verschwunden, nämlich {name}.</translation>
  </message>
  <message>
   <source>No crops: {n} images changed or vanished since, as {name}.</source>
   <translation>Keine Ausschnitte: {n} Bilder wurden seither geändert oder sind verschwunden, darunter {name}.</translation>
  </message>
  <message>
   <source>No harm as long as each class comes from each source.</source>
   <translation>Unschädlich, solange jede Klasse aus jeder Quelle kommt.</translation>
  </message>
  <message>
   <source>No harm if the cells of each class come from several patients and days; audit again when cells were added.</source>
   <translation>Kein Schaden, wenn die Zellen jeder Klasse von mehreren Patienten und Tagen stammen; prüfen Sie erneut, wenn Zellen hinzukamen.</translation>
  </message>
  <message>
   <source>No image of a corrected cell can be read; the new model could not be checked.</source>
   <translation>Kein Bild einer korrigierten Zelle lässt sich lesen; das neue Modell ließe sich nicht prüfen.</translation>
  </message>
  <message>
   <source>No image was found in {folder}.</source>
   <translation>In {folder} wurde kein Bild gefunden.</translation>
  </message>
  <message>
   <source>No nucleus stands out: its share of the heat cannot be measured.</source>
   <translation>Kein Kern hebt sich ab: sein Anteil an der Heatmap lässt sich nicht messen.</translation>
  </message>
  <message>
   <source>No nucleus stands out: nucleus and cytoplasm could not be taken away.</source>
   <translation>Kein Kern hebt sich ab: Kern und Zytoplasma konnten nicht weggenommen werden.</translation>
  </message>
  <message>
   <source>Nobody signs.</source>
   <translation>Niemand unterschreibt.</translation>
  </message>
  <message>
   <source>None of these cases is of a locked patient.</source>
   <translation>Keiner dieser Fälle ist von einem zurückgehaltenen Patienten.</translation>
  </message>
  <message>
   <source>Not one recipe came to its end.</source>
   <translation>Kein einziges Rezept kam bis ans Ende.</translation>
  </message>
  <message>
   <source>Notes</source>
   <translation>Anmerkungen</translation>
  </message>
  <message>
   <source>Nothing can be learned from them but to call every cell that.</source>
   <translation>Von ihnen lässt sich nur lernen, jede Zelle so zu nennen.</translation>
  </message>
  <message>
   <source>Nothing that was stored before is lost.</source>
   <translation>Nichts, was vorher gespeichert war, ist verloren.</translation>
  </message>
  <message>
   <source>Of {n} accepted cells reviewed here {m} are right: {p} % ({least}-{most} %).</source>
   <translation>Von {n} hier durchgesehenen akzeptierten Zellen sind {m} richtig: {p} % ({least}–{most} %).</translation>
  </message>
  <message>
   <source>Only {many} classified; {m} or more are the custom.</source>
   <translation>Nur {many} klassifiziert; üblich sind {m} oder mehr.</translation>
  </message>
  <message>
   <source>Open it in an editor to see what it is, and copy the image again.</source>
   <translation>In einem Editor öffnen, um zu sehen, was sie ist, und das Bild erneut kopieren.</translation>
  </message>
  <message>
   <source>Open it in an image program and save it again as TIFF, PNG or JPEG.</source>
   <translation>In einem Bildprogramm öffnen und neu als TIFF, PNG oder JPEG speichern.</translation>
  </message>
  <message>
   <source>Patients are not known: cells are taken for independent, and intervals are narrower than they would be by patient.</source>
   <translation>Die Patienten sind nicht bekannt: Zellen gelten als unabhängig, und die Intervalle sind schmaler, als sie nach Patienten wären.</translation>
  </message>
  <message>
   <source>Patients are not known: cells are taken for independent, and the judgement is more certain than it would be by patient.</source>
   <translation>Die Patienten sind nicht bekannt: Zellen gelten als unabhängig, und der Vergleich ist sicherer, als er nach Patienten wäre.</translation>
  </message>
  <message>
   <source>Plane {n}: {why}</source>
   <translation>Ebene {n}: {why}</translation>
  </message>
  <message>
   <source>Probabilities are calibrated for these sources only, until a lab's own reviewed cells recalibrate them.</source>
   <translation>Wahrscheinlichkeiten sind nur für diese Quellen kalibriert, bis durchgesehene Zellen eines Labors sie neu kalibrieren.</translation>
  </message>
  <message>
   <source>Put the images back where they were.</source>
   <translation>Legen Sie die Bilder zurück, wo sie waren.</translation>
  </message>
  <message>
   <source>Put the images back, and export again.</source>
   <translation>Legen Sie die Bilder zurück und exportieren Sie noch einmal.</translation>
  </message>
  <message>
   <source>Recipe {n} failed: {what}</source>
   <translation>Rezept {n} ist gescheitert: {what}</translation>
  </message>
  <message>
   <source>Recipe {n} was given up: most do better.</source>
   <translation>Rezept {n} wurde aufgegeben: Die meisten sind besser.</translation>
  </message>
  <message>
   <source>Recipe {n}: log-loss {x} on the folds.</source>
   <translation>Rezept {n}: Log-Loss {x} auf den Teilen.</translation>
  </message>
  <message>
   <source>Reopen it first; a reason is kept with that.</source>
   <translation>Öffnen Sie ihn zuerst wieder; ein Grund wird dabei festgehalten.</translation>
  </message>
  <message>
   <source>Restore the backup {name}; the damaged file is kept beside it.</source>
   <translation>Die Sicherung {name} wiederherstellen; die beschädigte Datei bleibt daneben erhalten.</translation>
  </message>
  <message>
   <source>Review a part of the cells before you rely on them.</source>
   <translation>Einen Teil der Zellen durchsehen, bevor man sich auf sie verlässt.</translation>
  </message>
  <message>
   <source>Review cells of further patients.</source>
   <translation>Sehen Sie Zellen weiterer Patienten durch.</translation>
  </message>
  <message>
   <source>Review or exclude them first, or sign with a lower requirement.</source>
   <translation>Sehen Sie sie zuerst durch oder schließen Sie sie aus, oder unterschreiben Sie mit geringerer Anforderung.</translation>
  </message>
  <message>
   <source>Review some cells first.</source>
   <translation>Befunden Sie zuerst einige Zellen.</translation>
  </message>
  <message>
   <source>Review some cells of other classes as well; a few are enough.</source>
   <translation>Sehen Sie auch einige Zellen anderer Klassen durch; wenige genügen.</translation>
  </message>
  <message>
   <source>Review them first.</source>
   <translation>Prüfen Sie sie zuerst.</translation>
  </message>
  <message>
   <source>Save all images in one format, size and quality before anything else, from the originals; then audit again.</source>
   <translation>Speichern Sie zuerst alle Bilder aus den Originalen in einem Format, einer Größe und einer Qualität; prüfen Sie dann erneut.</translation>
  </message>
  <message>
   <source>Save each of them as a file of its own.</source>
   <translation>Speichern Sie jede davon als eigene Datei.</translation>
  </message>
  <message>
   <source>Shortcuts could not be looked for in {names}: there are too few images, or too few patients.</source>
   <translation>Nach Abkürzungen konnte nicht gesucht werden ({names}): Es sind zu wenige Bilder oder zu wenige Patienten.</translation>
  </message>
  <message>
   <source>Some cells are of one patient: the interval of the difference takes that into account, the p-values take cells for independent.</source>
   <translation>Manche Zellen sind von einem Patienten: Das Intervall des Unterschieds berücksichtigt das, die p-Werte halten Zellen für unabhängig.</translation>
  </message>
  <message>
   <source>Some labels differ only in case, spaces, underscores, hyphens or characters that nobody sees: {names}.</source>
   <translation>Einige Bezeichnungen unterscheiden sich nur in Groß- und Kleinschreibung, Leerzeichen, Unterstrichen, Bindestrichen oder Zeichen, die niemand sieht: {names}.</translation>
  </message>
  <message>
   <source>Source can be told from {what}: {n} % against {m} % by chance (95 % interval {least}-{most} %, p = {p}).</source>
   <translation>Die Quelle ist zu erkennen an: {what}; {n} % gegen {m} % durch Zufall (95-%-Intervall {least}–{most} %, p = {p}).</translation>
  </message>
  <message>
   <source>Split again by patient, as the program does where no split is given.</source>
   <translation>Teilen Sie neu nach Patienten auf, wie es das Programm tut, wo keine Aufteilung gegeben ist.</translation>
  </message>
  <message>
   <source>Take other cells, or data without splits.</source>
   <translation>Nehmen Sie andere Zellen, oder Daten ohne Aufteilung.</translation>
  </message>
  <message>
   <source>Take reviewed cells of other patients.</source>
   <translation>Nehmen Sie durchgesehene Zellen anderer Patienten.</translation>
  </message>
  <message>
   <source>Take them out of the data, or give their folder a name that begins with a dot: what lies there is passed over.</source>
   <translation>Nehmen Sie sie aus den Daten, oder geben Sie ihrem Ordner einen Namen, der mit einem Punkt beginnt: Was dort liegt, wird übergangen.</translation>
  </message>
  <message>
   <source>That is too little to carry a figure.</source>
   <translation>Das ist zu wenig, um eine Zahl zu tragen.</translation>
  </message>
  <message>
   <source>The GPU failed in the middle of the training.</source>
   <translation>Die GPU ist mitten im Training ausgefallen.</translation>
  </message>
  <message>
   <source>The background process stopped: {why}.</source>
   <translation>Der Hintergrundprozess endete: {why}.</translation>
  </message>
  <message>
   <source>The best of {n} recipes has a log-loss of {x} on the folds; it is in {file}.</source>
   <translation>Das beste von {n} Rezepten hat einen Log-Loss von {x} auf den Teilen; es steht in {file}.</translation>
  </message>
  <message>
   <source>The case is not signed, so it cannot be reopened.</source>
   <translation>Der Fall ist nicht unterschrieben und lässt sich daher nicht wieder öffnen.</translation>
  </message>
  <message>
   <source>The case {name} was signed by {person} on {day} and cannot be changed.</source>
   <translation>Der Fall {name} wurde von {person} am {day} unterschrieben und lässt sich nicht ändern.</translation>
  </message>
  <message>
   <source>The cells of {root} were classified by a network other than that of {model}.</source>
   <translation>Die Zellen von {root} wurden von einem anderen Netz klassifiziert als dem von {model}.</translation>
  </message>
  <message>
   <source>The cells to measure on are of {n} patients only: little is said of others, and intervals by patient are too narrow for so few.</source>
   <translation>Die Zellen zum Messen sind von nur {n} Patienten: Über andere sagt das wenig, und Intervalle nach Patienten sind bei so wenigen zu schmal.</translation>
  </message>
  <message>
   <source>The computer's memory ran out.</source>
   <translation>Der Arbeitsspeicher reichte nicht aus.</translation>
  </message>
  <message>
   <source>The data do not say which patient an image is from, so that the same patient may be in training and in test, and figures may be too good.</source>
   <translation>Die Daten nennen die Patienten nicht; derselbe Patient kann im Training und im Test sein, und die Werte können zu gut sein.</translation>
  </message>
  <message>
   <source>The data have no images of the split {names}.</source>
   <translation>Die Daten haben keine Bilder der Aufteilung {names}.</translation>
  </message>
  <message>
   <source>The data hold no {classes}: figures are of the other classes.</source>
   <translation>In den Daten fehlt {classes}: Die Kennzahlen gelten den anderen Klassen.</translation>
  </message>
  <message>
   <source>The data hold no {names}, which the model before recognised as outside of its classes: the new one will know such cells by their distance alone.</source>
   <translation>Die Daten enthalten keine {names}, die das Modell davor als außerhalb seiner Klassen erkannte: Das neue erkennt solche Zellen nur an ihrem Abstand.</translation>
  </message>
  <message>
   <source>The data hold no {names}, which the model before this one tells apart: the new one will not know them.</source>
   <translation>Die Daten enthalten keine {names}, die das Modell davor unterscheidet: Das neue kennt sie nicht.</translation>
  </message>
  <message>
   <source>The data say nothing of splits.</source>
   <translation>Die Daten nennen keine Aufteilung.</translation>
  </message>
  <message>
   <source>The disk is full.</source>
   <translation>Der Datenträger ist voll.</translation>
  </message>
  <message>
   <source>The disk is full: {file} was not written.</source>
   <translation>Der Datenträger ist voll: {file} wurde nicht geschrieben.</translation>
  </message>
  <message>
   <source>The disk is full: {path} needs {size} more and the disk has {free} free.</source>
   <translation>Der Datenträger ist voll: {path} braucht noch {size}, frei sind {free}.</translation>
  </message>
  <message>
   <source>The earlier case is not compared: {why}</source>
   <translation>Der frühere Fall wird nicht verglichen: {why}</translation>
  </message>
  <message>
   <source>The features of the cells of {root} were not stored, or are of several networks.</source>
   <translation>Die Merkmale der Zellen von {root} wurden nicht gespeichert oder sind von mehreren Netzen.</translation>
  </message>
  <message>
   <source>The features of the cells of {root} were not stored.</source>
   <translation>Die Merkmale der Zellen von {root} wurden nicht gespeichert.</translation>
  </message>
  <message>
   <source>The file cannot be read: {reason}.</source>
   <translation>Die Datei kann nicht gelesen werden: {reason}.</translation>
  </message>
  <message>
   <source>The file holds nothing but zeros.</source>
   <translation>Die Datei enthält nichts als Nullen.</translation>
  </message>
  <message>
   <source>The file holds text, not an image.</source>
   <translation>Die Datei enthält Text, kein Bild.</translation>
  </message>
  <message>
   <source>The file is a pointer of Git LFS; the image itself was not fetched.</source>
   <translation>Die Datei ist ein Verweis von Git LFS; das Bild selbst wurde nicht geholt.</translation>
  </message>
  <message>
   <source>The file is a pointer of git-annex; the image itself was not fetched.</source>
   <translation>Die Datei ist ein Verweis von git-annex; das Bild selbst wurde nicht geholt.</translation>
  </message>
  <message>
   <source>The file is a scan of a whole slide, not an image of cells.</source>
   <translation>Die Datei ist der Scan eines ganzen Objektträgers, kein Bild von Zellen.</translation>
  </message>
  <message>
   <source>The file is a shortcut to another file, not an image.</source>
   <translation>Die Datei ist eine Verknüpfung zu einer anderen Datei, kein Bild.</translation>
  </message>
  <message>
   <source>The file is a web page, not an image.</source>
   <translation>Die Datei ist eine Webseite, kein Bild.</translation>
  </message>
  <message>
   <source>The file is empty.</source>
   <translation>Die Datei ist leer.</translation>
  </message>
  <message>
   <source>The file is not an image that can be read (JPEG, PNG, TIFF, BMP or WebP).</source>
   <translation>Die Datei ist kein lesbares Bild (JPEG, PNG, TIFF, BMP oder WebP).</translation>
  </message>
  <message>
   <source>The folder holds {names}.</source>
   <translation>Der Ordner enthält {names}.</translation>
  </message>
  <message>
   <source>The folder {folder} is gone.</source>
   <translation>Der Ordner {folder} ist verschwunden.</translation>
  </message>
  <message>
   <source>The folder {folder} is gone; whether its images changed is not known.</source>
   <translation>Der Ordner {folder} ist verschwunden; ob sich seine Bilder geändert haben, ist nicht bekannt.</translation>
  </message>
  <message>
   <source>The head of `{model}`, moved by {n} cells that {names} labelled.</source>
   <translation>Der Kopf von `{model}`, verschoben durch {n} Zellen, die {names} benannt hat.</translation>
  </message>
  <message>
   <source>The heat maps of {model} were not checked.</source>
   <translation>Die Heatmaps von {model} wurden nicht geprüft.</translation>
  </message>
  <message>
   <source>The image holds {w} x {h} pixels ({m} megapixels); the limit is {limit} megapixels.</source>
   <translation>Das Bild hat {w} x {h} Pixel ({m} Megapixel); die Grenze ist {limit} Megapixel.</translation>
  </message>
  <message>
   <source>The images come from {n} sources.</source>
   <translation>Die Bilder stammen aus {n} Quellen.</translation>
  </message>
  <message>
   <source>The images fall into {n} groups, as if from {m} labs, though the data do not say so (told apart by {list}).</source>
   <translation>Die Bilder zerfallen in {n} Gruppen, wie aus {m} Labors, obwohl die Daten das nicht sagen (unterschieden durch {list}).</translation>
  </message>
  <message>
   <source>The images in {folder} are not those of this case.</source>
   <translation>Die Bilder in {folder} sind nicht die dieses Falls.</translation>
  </message>
  <message>
   <source>The log is {path}.</source>
   <translation>Das Protokoll ist {path}.</translation>
  </message>
  <message>
   <source>The logo {path} cannot be read.</source>
   <translation>Das Logo {path} ist nicht lesbar.</translation>
  </message>
  <message>
   <source>The logo {path} cannot be read: {why}</source>
   <translation>Das Logo {path} ist nicht lesbar: {why}</translation>
  </message>
  <message>
   <source>The logo {path} is no PNG or JPEG of at most 5 MB.</source>
   <translation>Das Logo {path} ist keine PNG- oder JPEG-Datei von höchstens 5 MB.</translation>
  </message>
  <message>
   <source>The maps of the model did not pass their gates: where their heat lies says little.</source>
   <translation>Die Heatmaps des Modells haben ihre Prüfung nicht bestanden: wo sie liegen, sagt wenig.</translation>
  </message>
  <message>
   <source>The memory of {device} ran out</source>
   <translation>Der Speicher von {device} reichte nicht</translation>
  </message>
  <message>
   <source>The model sees the whole image: only colour and fine detail can be taken away.</source>
   <translation>Das Modell sieht das ganze Bild: Nur Farbe und feine Einzelheiten können weggenommen werden.</translation>
  </message>
  <message>
   <source>The model was not calibrated for images of a source that is not named; its probabilities hold for {names} only.</source>
   <translation>Das Modell wurde nicht für Bilder einer nicht genannten Quelle kalibriert; seine Wahrscheinlichkeiten gelten nur für {names}.</translation>
  </message>
  <message>
   <source>The model was not calibrated for images of {source}; its probabilities hold for {names} only.</source>
   <translation>Das Modell wurde nicht für Bilder von {source} kalibriert; seine Wahrscheinlichkeiten gelten nur für {names}.</translation>
  </message>
  <message>
   <source>The model was not calibrated for images of {why}; its probabilities hold for {names} only.</source>
   <translation>Das Modell wurde nicht für Bilder von {why} kalibriert; seine Wahrscheinlichkeiten gelten nur für {names}.</translation>
  </message>
  <message>
   <source>The model was not taught {classes}: these cells count as unknown kinds.</source>
   <translation>Das Modell hat {classes} nicht gelernt: Diese Zellen zählen als unbekannte Arten.</translation>
  </message>
  <message>
   <source>The model {name} is not the one of run {n} any more.</source>
   <translation>Das Modell {name} ist nicht mehr das von Lauf {n}.</translation>
  </message>
  <message>
   <source>The model {name} of run {n} is not on this computer any more.</source>
   <translation>Das Modell {name} von Lauf {n} ist nicht mehr auf diesem Computer.</translation>
  </message>
  <message>
   <source>The model's card has no measurement on a source that it did not learn from.</source>
   <translation>Die Karte des Modells enthält keine Messung an einer Quelle, von der es nicht gelernt hat.</translation>
  </message>
  <message>
   <source>The option --any-suffix reads them.</source>
   <translation>Die Option --any-suffix liest sie.</translation>
  </message>
  <message>
   <source>The pages of the file show {n} scenes, not focal planes of one.</source>
   <translation>Die Seiten der Datei zeigen {n} Szenen, nicht Fokusebenen einer einzigen.</translation>
  </message>
  <message>
   <source>The patient of 1 image is not known.</source>
   <translation>Der Patient von 1 Bild ist nicht bekannt.</translation>
  </message>
  <message>
   <source>The patient of {n} images is not known.</source>
   <translation>Der Patient von {n} Bildern ist nicht bekannt.</translation>
  </message>
  <message>
   <source>The patients are not known, so cells of one patient may lie in several splits and the figures may be too good.</source>
   <translation>Die Patienten sind nicht bekannt; Zellen eines Patienten können in mehreren Aufteilungen liegen, und die Werte können zu gut sein.</translation>
  </message>
  <message>
   <source>The reviewed cells are of locked patients, which judge models and teach none.</source>
   <translation>Die durchgesehenen Zellen sind von zurückgehaltenen Patienten: Sie dienen der Beurteilung von Modellen, und keines lernt aus ihnen.</translation>
  </message>
  <message>
   <source>The store {path} is damaged ({reason}).</source>
   <translation>Die Datenbank {path} ist beschädigt ({reason}).</translation>
  </message>
  <message>
   <source>The store {path} is damaged.</source>
   <translation>Die Datenbank {path} ist beschädigt.</translation>
  </message>
  <message>
   <source>The store {path} is locked by {holder}.</source>
   <translation>Die Datenbank {path} ist gesperrt durch {holder}.</translation>
  </message>
  <message>
   <source>The time is used; {n} recipes were tried.</source>
   <translation>Die Zeit ist um; {n} Rezepte wurden erprobt.</translation>
  </message>
  <message>
   <source>The {kind} file is cut off before its end.</source>
   <translation>Die {kind}-Datei ist vor ihrem Ende abgeschnitten.</translation>
  </message>
  <message>
   <source>The {kind} file is damaged.</source>
   <translation>Die {kind}-Datei ist beschädigt.</translation>
  </message>
  <message>
   <source>The {kind} file is damaged: {why}.</source>
   <translation>Die {kind}-Datei ist beschädigt: {why}.</translation>
  </message>
  <message>
   <source>There is no backup yet.</source>
   <translation>Es gibt noch keine Sicherung.</translation>
  </message>
  <message>
   <source>There is no folder {folder}.</source>
   <translation>Den Ordner {folder} gibt es nicht.</translation>
  </message>
  <message>
   <source>There is not enough memory to decode the {kind} file.</source>
   <translation>Der Speicher reicht nicht, um die {kind}-Datei zu lesen.</translation>
  </message>
  <message>
   <source>They were split by class and patient.</source>
   <translation>Sie wurden nach Klasse und Patient aufgeteilt.</translation>
  </message>
  <message>
   <source>To leave it as it was: {options}.</source>
   <translation>Auf der Befehlszeile bleibt es wie zuvor mit {options}.</translation>
  </message>
  <message>
   <source>Together with classes that come from one source only, this is a shortcut.</source>
   <translation>Zusammen mit Klassen, die nur aus einer Quelle stammen, ist das eine Abkürzung.</translation>
  </message>
  <message>
   <source>Too few red cells stand alone to measure their size; it was assumed.</source>
   <translation>Zu wenige Erythrozyten liegen einzeln, um ihre Größe zu messen; sie wurde angenommen.</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>Training</translation>
  </message>
  <message>
   <source>Try more of them, or look at the notices above.</source>
   <translation>Erproben Sie mehr, oder sehen Sie die Hinweise oben an.</translation>
  </message>
  <message>
   <source>What is committed is safe; start the work again to go on.</source>
   <translation>Was gespeichert ist, ist sicher; zum Fortsetzen die Arbeit neu starten.</translation>
  </message>
  <message>
   <source>What it reports</source>
   <translation>Was es meldet</translation>
  </message>
  <message>
   <source>What models by this recipe find on sources and classes that they were made without; the worst is {name}, {x}.</source>
   <translation>Was Modelle nach diesem Rezept auf Quellen und Klassen finden, ohne die sie gemacht wurden; am schlechtesten ist {name}, {x}.</translation>
  </message>
  <message>
   <source>What the model promises does not hold for images of a source that is not named: how many of the accepted cells are right is not known there.</source>
   <translation>Was das Modell verspricht, gilt nicht für Bilder einer ungenannten Quelle: Wie viele der akzeptierten Zellen richtig sind, ist dort nicht bekannt.</translation>
  </message>
  <message>
   <source>What the model promises does not hold for images of {source}: how many of the accepted cells are right is not known there.</source>
   <translation>Was das Modell verspricht, gilt nicht für Bilder von {source}: Wie viele der akzeptierten Zellen richtig sind, ist dort nicht bekannt.</translation>
  </message>
  <message>
   <source>What was learned up to the last saved state is kept.</source>
   <translation>Was bis zum letzten gesicherten Stand gelernt wurde, ist erhalten.</translation>
  </message>
  <message>
   <source>What was said of them is kept.</source>
   <translation>Was über sie gesagt wurde, bleibt erhalten.</translation>
  </message>
  <message>
   <source>What was tried</source>
   <translation>Was versucht wurde</translation>
  </message>
  <message>
   <source>Where it happened is in {path}.</source>
   <translation>Wo es geschah, steht in {path}.</translation>
  </message>
  <message>
   <source>Where it holds</source>
   <translation>Wo es gilt</translation>
  </message>
  <message>
   <source>With so many missing, all else that is said holds for the rest only.</source>
   <translation>Da so viele fehlen, gilt alles Übrige nur für den Rest.</translation>
  </message>
  <message>
   <source>Write the patient into the details of each case.</source>
   <translation>Tragen Sie den Patienten in die Angaben zu jedem Fall ein.</translation>
  </message>
  <message>
   <source>a checksum is wrong</source>
   <translation>eine Prüfsumme ist falsch</translation>
  </message>
  <message>
   <source>a copy with drawing</source>
   <translation>eine Kopie mit Zeichnung</translation>
  </message>
  <message>
   <source>a mask or drawing</source>
   <translation>eine Maske oder Zeichnung</translation>
  </message>
  <message>
   <source>a source that is not named</source>
   <translation>einer nicht benannten Quelle</translation>
  </message>
  <message>
   <source>alert lost</source>
   <translation>Alarm verloren</translation>
  </message>
  <message>
   <source>an empty page</source>
   <translation>eine leere Seite</translation>
  </message>
  <message>
   <source>cells</source>
   <translation>Zellen</translation>
  </message>
  <message>
   <source>cells of</source>
   <translation>Zellen von</translation>
  </message>
  <message>
   <source>checking heat maps</source>
   <translation>Heatmaps prüfen</translation>
  </message>
  <message>
   <source>class</source>
   <translation>Klasse</translation>
  </message>
  <message>
   <source>classifying</source>
   <translation>Klassifizieren</translation>
  </message>
  <message>
   <source>comparing images</source>
   <translation>Bilder vergleichen</translation>
  </message>
  <message>
   <source>computing features</source>
   <translation>Merkmale werden berechnet</translation>
  </message>
  <message>
   <source>counting</source>
   <translation>Zählen</translation>
  </message>
  <message>
   <source>downloading</source>
   <translation>Herunterladen</translation>
  </message>
  <message>
   <source>drawing cells</source>
   <translation>Zellen zeichnen</translation>
  </message>
  <message>
   <source>figure</source>
   <translation>Kennzahl</translation>
  </message>
  <message>
   <source>finding the layer of cells</source>
   <translation>die Zellschicht suchen</translation>
  </message>
  <message>
   <source>fitting the head</source>
   <translation>Kopf anpassen</translation>
  </message>
  <message>
   <source>found</source>
   <translation>gefunden</translation>
  </message>
  <message>
   <source>gate</source>
   <translation>Prüfung</translation>
  </message>
  <message>
   <source>image {n} of the file left out</source>
   <translation>Bild {n} der Datei weggelassen</translation>
  </message>
  <message>
   <source>insertion less deletion, over</source>
   <translation>Einfügen minus Löschen, gegenüber</translation>
  </message>
  <message>
   <source>it holds no picture</source>
   <translation>sie enthält kein Bild</translation>
  </message>
  <message>
   <source>it reached for memory that is not its own ({name})</source>
   <translation>er griff auf fremden Speicher zu ({name})</translation>
  </message>
  <message>
   <source>its header is too short</source>
   <translation>ihr Kopf ist zu kurz</translation>
  </message>
  <message>
   <source>its header makes no sense</source>
   <translation>ihr Kopf ergibt keinen Sinn</translation>
  </message>
  <message>
   <source>its pages cannot all be read</source>
   <translation>nicht alle ihre Seiten sind lesbar</translation>
  </message>
  <message>
   <source>its parts do not follow each other</source>
   <translation>ihre Teile folgen nicht aufeinander</translation>
  </message>
  <message>
   <source>its pixels are interrupted</source>
   <translation>ihre Pixel sind unterbrochen</translation>
  </message>
  <message>
   <source>its pixels break off or make no sense</source>
   <translation>ihre Pixel brechen ab oder ergeben keinen Sinn</translation>
  </message>
  <message>
   <source>judging cells</source>
   <translation>beurteile Zellen</translation>
  </message>
  <message>
   <source>judging each cell by the others</source>
   <translation>jede Zelle wird an den anderen beurteilt</translation>
  </message>
  <message>
   <source>judging each part by the others</source>
   <translation>Jeden Teil durch die anderen beurteilen</translation>
  </message>
  <message>
   <source>lead</source>
   <translation>Vorsprung</translation>
  </message>
  <message>
   <source>making cells worse</source>
   <translation>verschlechtere Zellen</translation>
  </message>
  <message>
   <source>measuring red cells</source>
   <translation>Erythrozyten messen</translation>
  </message>
  <message>
   <source>measuring the learning curve</source>
   <translation>Lernkurve wird gemessen</translation>
  </message>
  <message>
   <source>must be</source>
   <translation>muss sein</translation>
  </message>
  <message>
   <source>no GPU was found</source>
   <translation>keine GPU wurde gefunden</translation>
  </message>
  <message>
   <source>no cell was outlined; the whole image was judged</source>
   <translation>keine Zelle wurde umrissen; das ganze Bild wurde beurteilt</translation>
  </message>
  <message>
   <source>no faster precision passed this model's gate on this processor; f32 is used</source>
   <translation>keine schnellere Genauigkeit hat auf diesem Prozessor die Prüfung dieses Modells bestanden; f32 wird genutzt</translation>
  </message>
  <message>
   <source>not in colour</source>
   <translation>nicht farbig</translation>
  </message>
  <message>
   <source>note</source>
   <translation>Anmerkung</translation>
  </message>
  <message>
   <source>outside the model's classes with probability {p}</source>
   <translation>mit Wahrscheinlichkeit {p} außerhalb der Klassen des Modells</translation>
  </message>
  <message>
   <source>page {n} left out: {why}</source>
   <translation>Seite {n} weggelassen: {why}</translation>
  </message>
  <message>
   <source>pages {names} left out: {why}</source>
   <translation>Seiten {names} weggelassen: {why}</translation>
  </message>
  <message>
   <source>parts of its picture are missing</source>
   <translation>Teile ihres Bildes fehlen</translation>
  </message>
  <message>
   <source>possible blast: {name} with probability {p}, {n} times as far from known cells as the limit</source>
   <translation>möglicher Blast: {name} mit Wahrscheinlichkeit {p}, {n}-mal so weit von bekannten Zellen entfernt wie die Grenze</translation>
  </message>
  <message>
   <source>preparing the network</source>
   <translation>Netz vorbereiten</translation>
  </message>
  <message>
   <source>probability {p} under {limit}</source>
   <translation>Wahrscheinlichkeit {p} unter {limit}</translation>
  </message>
  <message>
   <source>probing</source>
   <translation>Abkürzungen suchen</translation>
  </message>
  <message>
   <source>reading cells</source>
   <translation>Zellen werden gelesen</translation>
  </message>
  <message>
   <source>reading hold-outs</source>
   <translation>Zurückgehaltene Zellen lesen</translation>
  </message>
  <message>
   <source>reading images</source>
   <translation>Bilder lesen</translation>
  </message>
  <message>
   <source>recipe</source>
   <translation>Rezept</translation>
  </message>
  <message>
   <source>red cell, pixels</source>
   <translation>Erythrozyt, Pixel</translation>
  </message>
  <message>
   <source>scanning</source>
   <translation>Präparat absuchen</translation>
  </message>
  <message>
   <source>scanning parts</source>
   <translation>Abschnitte absuchen</translation>
  </message>
  <message>
   <source>software</source>
   <translation>Software</translation>
  </message>
  <message>
   <source>some of its pixels are missing</source>
   <translation>einige ihrer Pixel fehlen</translation>
  </message>
  <message>
   <source>source</source>
   <translation>Quelle</translation>
  </message>
  <message>
   <source>stored with other channels</source>
   <translation>mit anderen Kanälen gespeichert</translation>
  </message>
  <message>
   <source>testing the device</source>
   <translation>Gerät testen</translation>
  </message>
  <message>
   <source>the background alone, with the cell masked out</source>
   <translation>der Hintergrund allein, ohne die Zelle</translation>
  </message>
  <message>
   <source>the border's brightest blue</source>
   <translation>hellstes Blau am Rand</translation>
  </message>
  <message>
   <source>the border's brightest green</source>
   <translation>hellstes Grün am Rand</translation>
  </message>
  <message>
   <source>the border's brightest red</source>
   <translation>hellstes Rot am Rand</translation>
  </message>
  <message>
   <source>the border's noise</source>
   <translation>Rauschen am Rand</translation>
  </message>
  <message>
   <source>the file alone (size, format, compression, metadata)</source>
   <translation>die Datei allein (Größe, Format, Kompression, Metadaten)</translation>
  </message>
  <message>
   <source>the files' {name}</source>
   <translation>Merkmal der Dateien: {name}</translation>
  </message>
  <message>
   <source>the image has no colour</source>
   <translation>das Bild hat keine Farbe</translation>
  </message>
  <message>
   <source>the masked cell on grey, {n} red-cell diameters wide</source>
   <translation>die freigestellte Zelle auf Grau, {n} Erythrozytendurchmesser breit</translation>
  </message>
  <message>
   <source>the outer border of the image alone (8 % of each side)</source>
   <translation>der äußere Rand des Bildes allein (8 % jeder Seite)</translation>
  </message>
  <message>
   <source>the system or a person ended it by force; often because memory ran out ({name})</source>
   <translation>das System oder jemand hat ihn gewaltsam beendet; oft, weil der Speicher nicht reichte ({name})</translation>
  </message>
  <message>
   <source>the whole image</source>
   <translation>das ganze Bild</translation>
  </message>
  <message>
   <source>their shares differ from source to source</source>
   <translation>ihre Anteile unterscheiden sich von Quelle zu Quelle</translation>
  </message>
  <message>
   <source>training</source>
   <translation>Training</translation>
  </message>
  <message>
   <source>trying recipes</source>
   <translation>Rezepte werden erprobt</translation>
  </message>
  <message>
   <source>value</source>
   <translation>Wert</translation>
  </message>
  <message>
   <source>value (95 %)</source>
   <translation>Wert (95 %)</translation>
  </message>
  <message>
   <source>version</source>
   <translation>Version</translation>
  </message>
  <message>
   <source>without colour</source>
   <translation>ohne Farbe</translation>
  </message>
  <message>
   <source>writing</source>
   <translation>Schreiben</translation>
  </message>
  <message>
   <source>writing {file}</source>
   <translation>Schreiben: {file}</translation>
  </message>
  <message>
   <source>wrong among accepted</source>
   <translation>falsch unter den akzeptierten</translation>
  </message>
  <message>
   <source>{candidate} does not report {classes}, which {serving} does.</source>
   <translation>{candidate} kennt {classes} nicht, {serving} dagegen schon.</translation>
  </message>
  <message>
   <source>{candidate} does not report {classes}: such cells count as wrong.</source>
   <translation>{candidate} kennt {classes} nicht: Solche Zellen zählen als falsch.</translation>
  </message>
  <message>
   <source>{candidate} was judged worse than {serving} on the same {n} cells for {classes}.</source>
   <translation>{candidate} war an denselben {n} Zellen schlechter als {serving} bei {classes}.</translation>
  </message>
  <message>
   <source>{candidate} was judged worse than {serving} on the same {n} cells.</source>
   <translation>{candidate} war an denselben {n} Zellen schlechter als {serving}.</translation>
  </message>
  <message>
   <source>{card} is built in and slower; it is used if the GPU is asked for</source>
   <translation>{card} ist eingebaut und langsamer; sie wird genutzt, wenn die GPU verlangt wird</translation>
  </message>
  <message>
   <source>{card} is there, but no installed framework sees it ({names})</source>
   <translation>{card} ist da, aber kein installiertes Framework sieht sie ({names})</translation>
  </message>
  <message>
   <source>{device} failed</source>
   <translation>{device} ist ausgefallen</translation>
  </message>
  <message>
   <source>{folder} belongs to the case already.</source>
   <translation>{folder} gehört schon zum Fall.</translation>
  </message>
  <message>
   <source>{folder} cannot be written to.</source>
   <translation>In {folder} kann nicht geschrieben werden.</translation>
  </message>
  <message>
   <source>{folder} holds a tuning of something else.</source>
   <translation>{folder} enthält eine Abstimmung von etwas anderem.</translation>
  </message>
  <message>
   <source>{folder} holds {path}, which belongs to the case.</source>
   <translation>{folder} enthält {path}, das zum Fall gehört.</translation>
  </message>
  <message>
   <source>{folder} is already the folder of the case {name}.</source>
   <translation>{folder} ist schon der Ordner des Falls {name}.</translation>
  </message>
  <message>
   <source>{folder} is not there; its images are left out.</source>
   <translation>{folder} ist nicht da; seine Bilder werden ausgelassen.</translation>
  </message>
  <message>
   <source>{folder} lies on another drive than the case.</source>
   <translation>{folder} liegt auf einem anderen Laufwerk als der Fall.</translation>
  </message>
  <message>
   <source>{folder} was not classified yet.</source>
   <translation>{folder} wurde noch nicht klassifiziert.</translation>
  </message>
  <message>
   <source>{model} serves again.</source>
   <translation>{model} ist wieder in Gebrauch.</translation>
  </message>
  <message>
   <source>{model} was judged worse than {origin}, which it was adapted from, by the {n} corrected cells.</source>
   <translation>{model} wurde an den {n} korrigierten Zellen schlechter beurteilt als {origin}, von dem aus es angepasst wurde.</translation>
  </message>
  <message>
   <source>{names} are classes of the new model; the model before recognised them as outside of its classes.</source>
   <translation>{names} sind Klassen des neuen Modells; das Modell davor erkannte sie als außerhalb seiner Klassen.</translation>
  </message>
  <message>
   <source>{name} has 1 image, {other} only {m}.</source>
   <translation>{name} hat 1 Bild, {other} nur {m}.</translation>
  </message>
  <message>
   <source>{name} has changed since it was classified.</source>
   <translation>{name} hat sich geändert, seit es klassifiziert wurde.</translation>
  </message>
  <message>
   <source>{name} has {n} images, {other} only {m}.</source>
   <translation>{name} hat {n} Bilder, {other} nur {m}.</translation>
  </message>
  <message>
   <source>{name} is a class of the new model; the model before recognised it as outside of its classes.</source>
   <translation>{name} ist eine Klasse des neuen Modells; das Modell davor erkannte es als außerhalb seiner Klassen.</translation>
  </message>
  <message>
   <source>{name} is no case.</source>
   <translation>{name} ist kein Fall.</translation>
  </message>
  <message>
   <source>{name} shows no or hardly any {classes}</source>
   <translation>{name} zeigt kein oder kaum {classes}</translation>
  </message>
  <message>
   <source>{name}: the interval {least}-{most} % spans {limit} %; this many cells cannot tell on which side it is.</source>
   <translation>{name}: Das Intervall {least}–{most} % schließt {limit} % ein; bei so wenigen Zellen bleibt offen, auf welcher Seite der Wert liegt.</translation>
  </message>
  <message>
   <source>{name}: whether {limit} % is reached is open; all that is known allows {least}-{most} %.</source>
   <translation>{name}: Ob {limit} % erreicht sind, ist offen; nach allem, was bekannt ist, sind {least}–{most} % möglich.</translation>
  </message>
  <message>
   <source>{name}: {limit} % is not reached; all that is known allows {least}-{most} %.</source>
   <translation>{name}: {limit} % sind nicht erreicht; nach allem, was bekannt ist, sind {least}–{most} % möglich.</translation>
  </message>
  <message>
   <source>{name}: {limit} % is reached; all that is known allows {least}-{most} %.</source>
   <translation>{name}: {limit} % sind erreicht; nach allem, was bekannt ist, sind {least}–{most} % möglich.</translation>
  </message>
  <message>
   <source>{n} accepted cells, taken at random and reviewed, would show that {p} % or more are right if all of them are, {m} if one is wrong (exact bound of Clopper and Pearson).</source>
   <translation>{n} zufällig gewählte und durchgesehene akzeptierte Zellen würden zeigen, dass {p} % oder mehr richtig sind, wenn alle davon richtig sind; {m}, wenn eine falsch ist (exakte Schranke nach Clopper und Pearson).</translation>
  </message>
  <message>
   <source>{n} cells are cut by the edge of a field and in no percentage.</source>
   <translation>{n} Zellen sind vom Rand eines Feldes angeschnitten und gehen in keinen Prozentwert ein.</translation>
  </message>
  <message>
   <source>{n} cells are pending, and got no label.</source>
   <translation>{n} Zellen sind noch offen und bekamen keine Klasse.</translation>
  </message>
  <message>
   <source>{n} cells keep the case from being signed: {m} not decided, {k} unknown, {l} accepted but not reviewed.</source>
   <translation>{n} Zellen verhindern das Unterschreiben: {m} nicht entschieden, {k} unbekannt, {l} akzeptiert, aber nicht durchgesehen.</translation>
  </message>
  <message>
   <source>{n} files were not read: {names}.</source>
   <translation>{n} Dateien wurden nicht gelesen: {names}.</translation>
  </message>
  <message>
   <source>{n} files {name} are {format}.</source>
   <translation>{n} Dateien {name} sind {format}.</translation>
  </message>
  <message>
   <source>{n} focal planes, plane {m} judged</source>
   <translation>{n} Fokusebenen, Ebene {m} wurde beurteilt</translation>
  </message>
  <message>
   <source>{n} further ones went where a model had their patient or sample.</source>
   <translation>{n} weitere kamen dorthin, wo ein Modell ihren Patienten oder ihre Probe hatte.</translation>
  </message>
  <message>
   <source>{n} images are in the data more than once, within one split ({list}).</source>
   <translation>{n} Bilder sind mehrfach in den Daten, innerhalb eines Teils ({list}).</translation>
  </message>
  <message>
   <source>{n} images are in the data under different labels, such as {names}.</source>
   <translation>{n} Bilder sind unter verschiedenen Labels in den Daten, etwa {names}.</translation>
  </message>
  <message>
   <source>{n} images are still in the cloud.</source>
   <translation>{n} Bilder liegen noch in der Cloud.</translation>
  </message>
  <message>
   <source>{n} images differ from the usual: {list}.</source>
   <translation>{n} Bilder weichen vom Üblichen ab: {list}.</translation>
  </message>
  <message>
   <source>{n} images lie in more than one split ({list}), such as {names}.</source>
   <translation>{n} Bilder liegen in mehr als einem Teil ({list}), etwa {names}.</translation>
  </message>
  <message>
   <source>{n} images look like masks, not like cells: {names}.</source>
   <translation>{n} Bilder sehen wie Masken aus, nicht wie Zellen: {names}.</translation>
  </message>
  <message>
   <source>{n} images of {m} cannot be read ({p} %).</source>
   <translation>{n} Bilder von {m} lassen sich nicht lesen ({p} %).</translation>
  </message>
  <message>
   <source>{n} nearly the same</source>
   <translation>{n} fast gleich</translation>
  </message>
  <message>
   <source>{n} of another shape than the rest</source>
   <translation>{n} von anderer Form als die übrigen</translation>
  </message>
  <message>
   <source>{n} of another size than the rest</source>
   <translation>{n} von anderer Größe als die übrigen</translation>
  </message>
  <message>
   <source>{n} of {m} cells are unknown or wait for review and are in no percentage.</source>
   <translation>{n} von {m} Zellen sind unbekannt oder warten auf Durchsicht und gehen in keinen Prozentwert ein.</translation>
  </message>
  <message>
   <source>{n} of {m} cells were reviewed; their shares are those of the case only if they were taken at random.</source>
   <translation>{n} von {m} Zellen wurden durchgesehen; ihre Anteile sind nur dann die des Falls, wenn sie zufällig gewählt wurden.</translation>
  </message>
  <message>
   <source>{n} of {m} images kept the split of the model {model}.</source>
   <translation>{n} von {m} Bildern behielten die Aufteilung des Modells {model}.</translation>
  </message>
  <message>
   <source>{n} patients have images in more than one split: {names}.</source>
   <translation>{n} Patienten haben Bilder in mehr als einem Teil: {names}.</translation>
  </message>
  <message>
   <source>{n} perhaps a field of many cells</source>
   <translation>{n} vielleicht ein Feld mit vielen Zellen</translation>
  </message>
  <message>
   <source>{n} preview left out</source>
   <translation>{n} Vorschaubild weggelassen</translation>
  </message>
  <message>
   <source>{n} previews left out</source>
   <translation>{n} Vorschaubilder weggelassen</translation>
  </message>
  <message>
   <source>{n} showing next to nothing</source>
   <translation>{n} fast ohne Inhalt</translation>
  </message>
  <message>
   <source>{n} times as far from known cells as the limit</source>
   <translation>{n}-mal so weit von bekannten Zellen entfernt wie die Grenze</translation>
  </message>
  <message>
   <source>{n} white cells were</source>
   <translation>{n} weiße Zellen wurden</translation>
  </message>
  <message>
   <source>{n} with a name of another format</source>
   <translation>{n} mit dem Namen eines anderen Formats</translation>
  </message>
  <message>
   <source>{n} with hardly any pixels</source>
   <translation>{n} mit kaum Pixeln</translation>
  </message>
  <message>
   <source>{n} with more than 8 bits</source>
   <translation>{n} mit mehr als 8 Bit</translation>
  </message>
  <message>
   <source>{n} with the same bytes</source>
   <translation>{n} mit denselben Bytes</translation>
  </message>
  <message>
   <source>{n} without a cell that could be outlined</source>
   <translation>{n} ohne Zelle, die sich umreißen ließ</translation>
  </message>
  <message>
   <source>{n} without colour at all</source>
   <translation>{n} ganz ohne Farbe</translation>
  </message>
  <message>
   <source>{path} could not be written: {reason}.</source>
   <translation>{path} konnte nicht geschrieben werden: {reason}.</translation>
  </message>
  <message>
   <source>{what}; going on on the CPU</source>
   <translation>{what}; weiter auf der CPU</translation>
  </message>
  <message>
   <source>{what}; going on on the CPU.</source>
   <translation>{what}; weiter auf der CPU.</translation>
  </message>
  <message>
   <source>{w} x {h} pixels, not {x} x {y}</source>
   <translation>{w} × {h} Pixel, nicht {x} × {y}</translation>
  </message>
 </context>
 <context>
  <name>TourCard</name>
  <message>
   <source>Back</source>
   <translation>Zurück</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Fertig</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Skip the tour</source>
   <translation>Überspringen</translation>
  </message>
  <message>
   <source>Step {number} of {count}</source>
   <translation>Schritt {number} von {count}</translation>
  </message>
 </context>
 <context>
  <name>TourController</name>
  <message>
   <source>Cells by class</source>
   <translation>Zellen nach Klassen</translation>
  </message>
  <message>
   <source>Here is the current cell with its probabilities and the reason of the decision. The heat map ({heat}) shows where the network looked, not why.</source>
   <translation>Hier steht die aktuelle Zelle mit ihren Wahrscheinlichkeiten und dem Grund der Entscheidung. Die Heatmap ({heat}) zeigt, wohin das Netz gesehen hat, nicht warum.</translation>
  </message>
  <message>
   <source>Once the cells are reviewed, sign the case ({sign}): nothing of it changes until it is reopened with a reason. The export ({export}) writes report and tables. {keys} shows all keys; the menu Help has this tour again.</source>
   <translation>Sind die Zellen durchgesehen, unterschreiben Sie den Fall ({sign}): Nichts daran ändert sich, bis er mit einem Grund wieder geöffnet wird. Der Export ({export}) schreibt Bericht und Tabellen. {keys} zeigt alle Tasten; das Menü Hilfe hat diesen Rundgang noch einmal.</translation>
  </message>
  <message>
   <source>One key corrects a cell</source>
   <translation>Eine Taste korrigiert eine Zelle</translation>
  </message>
  <message>
   <source>Point at a cell, or select several, and press the key of their class. {accept} accepts what the model gives and goes on, {unknown} is for what cannot be named, {undo} undoes. {next} leads to the next cell that waits for you.</source>
   <translation>Zeigen Sie auf eine Zelle, oder wählen Sie mehrere, und drücken Sie die Taste ihrer Klasse. {accept} akzeptiert, was das Modell angibt, und geht weiter, {unknown} steht für alles, was sich nicht benennen lässt, {undo} macht rückgängig. {next} führt zur nächsten Zelle, die auf Sie wartet.</translation>
  </message>
  <message>
   <source>Run ({run}) lets the model look at every cell. The gallery then shows them in groups by class, each with its number and share. A click on a heading folds its group.</source>
   <translation>Start ({run}) lässt das Modell jede Zelle ansehen. Die Galerie zeigt sie dann in Gruppen nach Klassen, jede mit Zahl und Anteil. Ein Klick auf eine Überschrift klappt ihre Gruppe ein.</translation>
  </message>
  <message>
   <source>Sign and report</source>
   <translation>Unterschrift und Bericht</translation>
  </message>
  <message>
   <source>The summary ({summary}) has the differential before and after your review, with exact intervals, and says what the count leaves open.</source>
   <translation>Die Zusammenfassung ({summary}) enthält das Differenzialblutbild vor und nach Ihrer Durchsicht, mit exakten Intervallen, und sagt, was die Zählung offen lässt.</translation>
  </message>
  <message>
   <source>What is counted</source>
   <translation>Was gezählt wird</translation>
  </message>
  <message>
   <source>Where the network looked</source>
   <translation>Wohin das Netz gesehen hat</translation>
  </message>
 </context>
 <context>
  <name>TrainingController</name>
  <message>
   <source>A model is being taught</source>
   <translation>Ein Modell wird trainiert</translation>
  </message>
  <message>
   <source>Cancel it</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Cancel it without a model?</source>
   <translation>Ohne Modell abbrechen?</translation>
  </message>
  <message>
   <source>Cancel the training</source>
   <translation>Training abbrechen</translation>
  </message>
  <message>
   <source>Do so always (it can be changed in the settings)</source>
   <translation>Immer so (in den Einstellungen zu ändern)</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Fortsetzen</translation>
  </message>
  <message>
   <source>Go on without the window</source>
   <translation>Ohne das Fenster weiter</translation>
  </message>
  <message>
   <source>It can go on without the window, or pause and go on later from where it is.</source>
   <translation>Es kann ohne das Fenster weiterlaufen, oder pausieren und später von hier aus weitergehen.</translation>
  </message>
  <message>
   <source>Keep the window open</source>
   <translation>Fenster offen lassen</translation>
  </message>
  <message>
   <source>Let it go on</source>
   <translation>Weiterlaufen lassen</translation>
  </message>
  <message>
   <source>Log of {name}</source>
   <translation>Protokoll von {name}</translation>
  </message>
  <message>
   <source>Pause it</source>
   <translation>Pausieren</translation>
  </message>
  <message>
   <source>Shall {name} go on learning?</source>
   <translation>Soll {name} weiter lernen?</translation>
  </message>
  <message>
   <source>Show it</source>
   <translation>Zeigen</translation>
  </message>
  <message>
   <source>The command is on the clipboard.</source>
   <translation>Der Befehl ist in der Zwischenablage.</translation>
  </message>
  <message>
   <source>The recipe for {name} is found.</source>
   <translation>Das Rezept für {name} ist gefunden.</translation>
  </message>
  <message>
   <source>The training of {name} failed.</source>
   <translation>Das Training von {name} ist fehlgeschlagen.</translation>
  </message>
  <message>
   <source>The training of {name} was interrupted.</source>
   <translation>Das Training von {name} wurde unterbrochen.</translation>
  </message>
  <message>
   <source>There is no log.</source>
   <translation>Es gibt kein Protokoll.</translation>
  </message>
  <message>
   <source>Train with it</source>
   <translation>Damit trainieren</translation>
  </message>
  <message>
   <source>{name} has learned.</source>
   <translation>{name} ist fertig trainiert.</translation>
  </message>
  <message>
   <source>{name} is paused.</source>
   <translation>{name} pausiert.</translation>
  </message>
 </context>
 <context>
  <name>TrainingPanel</name>
  <message>
   <source>A training of the same cells and classes, in the queue; it makes a model</source>
   <translation>Ein Training derselben Zellen und Klassen, in der Warteschlange; daraus wird ein Modell</translation>
  </message>
  <message>
   <source>Accuracy</source>
   <translation>Genauigkeit</translation>
  </message>
  <message>
   <source>Accuracy: batch</source>
   <translation>Genauigkeit: Batch</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Copy as command</source>
   <translation>Als Befehl kopieren</translation>
  </message>
  <message>
   <source>End now, with what did best so far on cells that it did not learn from</source>
   <translation>Jetzt beenden, mit dem, was bisher auf Zellen, aus denen nicht gelernt wurde, am besten war</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Fortsetzen</translation>
  </message>
  <message>
   <source>Judge it among the models</source>
   <translation>Unter den Modellen beurteilen</translation>
  </message>
  <message>
   <source>Loss</source>
   <translation>Verlust</translation>
  </message>
  <message>
   <source>Loss: batch</source>
   <translation>Verlust: Batch</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pausieren</translation>
  </message>
  <message>
   <source>Progress of the training</source>
   <translation>Fortschritt des Trainings</translation>
  </message>
  <message>
   <source>Show the log</source>
   <translation>Protokoll zeigen</translation>
  </message>
  <message>
   <source>Stop and keep the best</source>
   <translation>Beenden und das Beste behalten</translation>
  </message>
  <message>
   <source>Take off the list</source>
   <translation>Aus der Liste nehmen</translation>
  </message>
  <message>
   <source>The model that came of it stays</source>
   <translation>Das Modell, das daraus entstand, bleibt</translation>
  </message>
  <message>
   <source>The page of models compares it to the one that serves, and lets it serve</source>
   <translation>Die Seite der Modelle vergleicht es mit dem aktiven und macht es aktiv</translation>
  </message>
  <message>
   <source>Train with this recipe</source>
   <translation>Mit diesem Rezept trainieren</translation>
  </message>
  <message>
   <source>What the training reported</source>
   <translation>Was das Training gemeldet hat</translation>
  </message>
  <message>
   <source>balanced</source>
   <translation>balanciert</translation>
  </message>
  <message>
   <source>validation</source>
   <translation>Validierung</translation>
  </message>
 </context>
 <context>
  <name>TrainingTable</name>
  <message>
   <source>Trainings</source>
   <translation>Trainings</translation>
  </message>
 </context>
 <context>
  <name>Trainings</name>
  <message>
   <source>Began</source>
   <translation>Begonnen</translation>
  </message>
  <message>
   <source>Cancelled</source>
   <translation>Abgebrochen</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Fertig</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>Fehlgeschlagen</translation>
  </message>
  <message>
   <source>How</source>
   <translation>Wie</translation>
  </message>
  <message>
   <source>Interrupted</source>
   <translation>Unterbrochen</translation>
  </message>
  <message>
   <source>It goes on from where it was paused.</source>
   <translation>Es geht weiter, wo es pausiert wurde.</translation>
  </message>
  <message>
   <source>It starts when the one before it has ended.</source>
   <translation>Es beginnt, wenn das vorige zu Ende ist.</translation>
  </message>
  <message>
   <source>It stops at the end of this step…</source>
   <translation>Es hält nach diesem Schritt an…</translation>
  </message>
  <message>
   <source>It was cancelled; no model came of it.</source>
   <translation>Es wurde abgebrochen; es entstand kein Modell.</translation>
  </message>
  <message>
   <source>Its process ended in the middle: it was killed, or the computer was switched off. It goes on from the last state that was saved.</source>
   <translation>Sein Prozess endete mittendrin: Er wurde beendet, oder der Rechner wurde ausgeschaltet. Es geht beim letzten gespeicherten Stand weiter.</translation>
  </message>
  <message>
   <source>Learning</source>
   <translation>Lernt</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>Pausiert</translation>
  </message>
  <message>
   <source>Result</source>
   <translation>Ergebnis</translation>
  </message>
  <message>
   <source>Starting…</source>
   <translation>Beginnt…</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Stand</translation>
  </message>
  <message>
   <source>Stopping</source>
   <translation>Hält an</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>Wartet</translation>
  </message>
  <message>
   <source>adaptation</source>
   <translation>Anpassung</translation>
  </message>
  <message>
   <source>all layers</source>
   <translation>alle Schichten</translation>
  </message>
  <message>
   <source>fine-tuning</source>
   <translation>Feinabstimmung</translation>
  </message>
  <message>
   <source>head alone</source>
   <translation>nur der Kopf</translation>
  </message>
  <message>
   <source>the best of {n} recipes: log-loss {x} on the folds</source>
   <translation>das beste von {n} Rezepten: Log-Loss {x} auf den Teilen</translation>
  </message>
  <message>
   <source>tuning: {how}</source>
   <translation>Abstimmung: {how}</translation>
  </message>
  <message>
   <source>{model}: balanced accuracy {p} on its test cells</source>
   <translation>{model}: balancierte Genauigkeit {p} bei seinen Testzellen</translation>
  </message>
  <message>
   <source>{n} cells/s</source>
   <translation>{n} Zellen/s</translation>
  </message>
 </context>
 <context>
  <name>UnreadFiles</name>
  <message>
   <source>1 file is not read: {kinds}.</source>
   <translation>1 Datei wird nicht gelesen: {kinds}.</translation>
  </message>
  <message>
   <source>1 file not read</source>
   <translation>1 Datei nicht gelesen</translation>
  </message>
  <message>
   <source>1 file {name} is {format}.</source>
   <translation>1 Datei {name} ist {format}.</translation>
  </message>
  <message>
   <source>Of {m} files {name} the first {k} were examined: {n} of them are {format}.</source>
   <translation>Von {m} Dateien {name} wurden die ersten {k} untersucht: {n} davon sind {format}.</translation>
  </message>
  <message>
   <source>and others</source>
   <translation>und andere</translation>
  </message>
  <message>
   <source>backup</source>
   <translation>Sicherung</translation>
  </message>
  <message>
   <source>empty</source>
   <translation>leer</translation>
  </message>
  <message>
   <source>in the cloud</source>
   <translation>in der Cloud</translation>
  </message>
  <message>
   <source>with other suffixes</source>
   <translation>mit anderen Endungen</translation>
  </message>
  <message>
   <source>without suffix</source>
   <translation>ohne Endung</translation>
  </message>
  <message>
   <source>without suffix (text)</source>
   <translation>ohne Endung (Text)</translation>
  </message>
  <message>
   <source>{n} files are not read: {kinds}.</source>
   <translation>{n} Dateien werden nicht gelesen: {kinds}.</translation>
  </message>
  <message>
   <source>{n} files not read</source>
   <translation>{n} Dateien nicht gelesen</translation>
  </message>
  <message>
   <source>{n} files {name} are {format}.</source>
   <translation>{n} Dateien {name} sind {format}.</translation>
  </message>
 </context>
 <context>
  <name>UnreadFilesController</name>
  <message>
   <source>Read them</source>
   <translation>Diese lesen</translation>
  </message>
 </context>
 <context>
  <name>Viewer</name>
  <message>
   <source>Estimated: a red cell of {px} px, as entered, is taken as {um} µm wide.</source>
   <translation>Geschätzt: Ein Erythrozyt von {px} px, wie eingegeben, wird als {um} µm breit angenommen.</translation>
  </message>
  <message>
   <source>Estimated: red cells here are {px} px wide on average, taken as {um} µm.</source>
   <translation>Geschätzt: Erythrozyten sind hier im Mittel {px} px breit, angenommen als {um} µm.</translation>
  </message>
  <message>
   <source>The file states {um} µm per pixel ({origin}).</source>
   <translation>Die Datei nennt {um} µm pro Pixel ({origin}).</translation>
  </message>
  <message>
   <source>The source profile of the case says {um} µm per pixel.</source>
   <translation>Das Quellenprofil des Falls nennt {um} µm je Pixel.</translation>
  </message>
 </context>
 <context>
  <name>ViewerController</name>
  <message>
   <source>The cell is pinned. Space shows it beside another.</source>
   <translation>Die Zelle ist angeheftet. Die Leertaste zeigt sie neben einer anderen.</translation>
  </message>
  <message>
   <source>This cell is pinned on the right. Go on to compare others with it.</source>
   <translation>Diese Zelle ist rechts angeheftet. Weitergehen, um andere mit ihr zu vergleichen.</translation>
  </message>
 </context>
 <context>
  <name>ViewerPage</name>
  <message>
   <source>Pinned: {name}</source>
   <translation>Angeheftet: {name}</translation>
  </message>
  <message>
   <source>The file is no longer in the folder. What is shown was read before.</source>
   <translation>Die Datei ist nicht mehr im Ordner. Was gezeigt wird, wurde vorher gelesen.</translation>
  </message>
  <message>
   <source>Viewer</source>
   <translation>Betrachter</translation>
  </message>
 </context>
 <context>
  <name>ViewerToolBar</name>
  <message>
   <source>100 % is one image pixel for each pixel of the screen</source>
   <translation>Bei 100 % entspricht ein Bildpixel einem Pixel des Bildschirms</translation>
  </message>
  <message>
   <source>Zoom {zoom}</source>
   <translation>Zoom {zoom}</translation>
  </message>
  <message>
   <source>{n} of {all}</source>
   <translation>{n} von {all}</translation>
  </message>
 </context>
 <context>
  <name>WelcomePage</name>
  <message>
   <source>Drawing cells…</source>
   <translation>Zellen werden gezeichnet…</translation>
  </message>
  <message>
   <source>For research use. Not a medical device.</source>
   <translation>Für Forschungszwecke. Kein Medizinprodukt.</translation>
  </message>
  <message>
   <source>Microscope images of single Wright-Giemsa-stained blood cells.</source>
   <translation>Mikroskopbilder einzelner Blutzellen in Wright-Giemsa-Färbung.</translation>
  </message>
  <message>
   <source>Open a folder of cells</source>
   <translation>Ordner mit Zellen öffnen</translation>
  </message>
  <message>
   <source>Recent folders</source>
   <translation>Zuletzt verwendete Ordner</translation>
  </message>
  <message>
   <source>Try it on drawn cells</source>
   <translation>An gezeichneten Zellen ausprobieren</translation>
  </message>
 </context>
 <context>
  <name>Words</name>
  <message>
   <source> – looks like {kind}</source>
   <translation> – sieht aus wie {kind}</translation>
  </message>
  <message>
   <source>Accepted</source>
   <translation>Akzeptiert</translation>
  </message>
  <message>
   <source>All cells</source>
   <translation>Alle Zellen</translation>
  </message>
  <message>
   <source>Could not be read</source>
   <translation>Nicht lesbar</translation>
  </message>
  <message>
   <source>Cut by the edge of its field</source>
   <translation>Vom Rand ihres Feldes angeschnitten</translation>
  </message>
  <message>
   <source>Drawn by a person</source>
   <translation>Von einem Menschen eingezeichnet</translation>
  </message>
  <message>
   <source>Excluded</source>
   <translation>Ausgeschlossen</translation>
  </message>
  <message>
   <source>Fields without a cell</source>
   <translation>Felder ohne Zelle</translation>
  </message>
  <message>
   <source>No cell was found</source>
   <translation>Keine Zelle gefunden</translation>
  </message>
  <message>
   <source>Not classified yet</source>
   <translation>Noch nicht klassifiziert</translation>
  </message>
  <message>
   <source>Reviewed by {who}: {kind}</source>
   <translation>Durchgesehen von {who}: {kind}</translation>
  </message>
  <message>
   <source>Reviewed: {kind}</source>
   <translation>Durchgesehen: {kind}</translation>
  </message>
  <message>
   <source>Suspected error: judged by the other reviewed cells it is rather: {kind}</source>
   <translation>Vermuteter Fehler: Nach den anderen durchgesehenen Zellen ist es eher: {kind}</translation>
  </message>
  <message>
   <source>Suspected error: the model gives it more probability to be: {kind}</source>
   <translation>Vermuteter Fehler: Das Modell hält für wahrscheinlicher: {kind}</translation>
  </message>
  <message>
   <source>To review</source>
   <translation>Zur Durchsicht</translation>
  </message>
  <message>
   <source>To review: {why}</source>
   <translation>Zur Durchsicht: {why}</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>Unbekannt</translation>
  </message>
  <message>
   <source>Unknown: {why}</source>
   <translation>Unbekannt: {why}</translation>
  </message>
  <message>
   <source>could not be read</source>
   <translation>nicht lesbar</translation>
  </message>
  <message>
   <source>in no percentage</source>
   <translation>in keinem Anteil</translation>
  </message>
  <message>
   <source>to review: {what}</source>
   <translation>zur Durchsicht: {what}</translation>
  </message>
  <message>
   <source>unknown</source>
   <translation>unbekannt</translation>
  </message>
  <message>
   <source>{image}, cell {letters}</source>
   <translation>{image}, Zelle {letters}</translation>
  </message>
  <message>
   <source>{n} %</source>
   <translation>{n} %</translation>
  </message>
  <message>
   <source>{n} per 100 white cells</source>
   <translation>{n} je 100 weiße Zellen</translation>
  </message>
  <message>
   <source>{n} reviewed</source>
   <translation>{n} durchgesehen</translation>
  </message>
 </context>
 <context>
  <name>_ClassButton</name>
  <message>
   <source>Give the selected cells this class: {name}</source>
   <translation>Den gewählten Zellen diese Klasse geben: {name}</translation>
  </message>
 </context>
</TS>
